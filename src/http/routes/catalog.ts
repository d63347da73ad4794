import { z } from 'zod';
import type { CatalogKind } from '../../core/catalog.ts';
import { listEntries, putEntry, readEntry, removeEntry } from '../../services/catalog.ts';
import { entrySchema, placeOf, viewEntry } from '../catalog-view.ts';
import { title } from '../common-schemas.ts';
import { cursorsOf, PAGING, pageOf } from '../pagination.ts';
import { type Route, route } from '../route.ts';

const KINDS: readonly (readonly [kind: CatalogKind, plural: string, noun: string])[] = [
  ['role', 'roles', 'Role'],
  ['job', 'jobs', 'Job'],
  ['department', 'departments', 'Department'],
  ['location', 'locations', 'Location'],
];

type Kind = (typeof KINDS)[number];

const pathOf = (plural: string) => `/api/organizations/:org/catalog/${plural}` as const;

function readRoutes([kind, plural, noun]: Kind): readonly Route[] {
  const path = pathOf(plural);
  const cursors = cursorsOf(plural);
  return [
    route({
      method: 'get',
      path,
      policy: 'people:read',
      name: `list${noun}s`,
      summary: `Lists the ${plural} that grants may name, in the order of their ids.`,
      query: z.strictObject(PAGING),
      answer: pageOf(entrySchema),
      async handle({ deps }, { params: { org }, query: { cursor, limit } }) {
        const { items, next, total } = await listEntries(deps, org, kind, cursors.keyIn(cursor), limit);
        return { items: items.map(viewEntry), next: cursors.next(next), total };
      },
    }),
    route({
      method: 'get',
      path: `${path}/:id`,
      policy: 'people:read',
      name: `read${noun}`,
      summary: `Reads a ${kind}.`,
      versioned: true,
      answer: entrySchema,
      handle: async ({ deps }, { params }) => viewEntry(await readEntry(deps, placeOf(kind, params))),
    }),
  ];
}

function writeRoutes([kind, plural, noun]: Kind): readonly Route[] {
  const path = pathOf(plural);
  return [
    route({
      method: 'put',
      path: `${path}/:id`,
      policy: 'settings',
      name: `put${noun}`,
      summary: `Names a ${kind}, new or known; grants may name it from now on.`,
      versioned: true,
      body: z.strictObject({ name: title }).meta({ id: `${noun}Name` }),
      answer: entrySchema,
      handle: async ({ deps }, { params, body, ifMatch }) =>
        viewEntry(await putEntry(deps, placeOf(kind, params), body.name, ifMatch)),
    }),
    route({
      method: 'delete',
      path: `${path}/:id`,
      policy: 'settings',
      name: `remove${noun}`,
      summary: `Takes a ${kind} away: grants that name it are kept, and have no effect.`,
      status: 204,
      answer: null,
      handle: ({ deps }, { params }) => removeEntry(deps, placeOf(kind, params)),
    }),
  ];
}

/** The host application keeps these names; an organization starts with five roles. */
export const catalogRoutes: readonly Route[] = KINDS.flatMap((kind) => [...readRoutes(kind), ...writeRoutes(kind)]);
