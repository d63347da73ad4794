import { isList, isObject, type Json, type JsonObject } from '../../src/core/json.ts';
import { ACTIVE } from '../../src/core/scim-view.ts';
import { mutability, ScimError } from '../messages/scim-error.ts';
import type { Attribute, Place } from '../schema/attribute.ts';
import { tidyElements } from '../schema/elements.ts';
import { opaqueText, readOpaque } from '../schema/opaque-text.ts';
import { asBoolean, asText, type ReadResource } from '../schema/read-resource.ts';
import { joinParts, type Parts } from '../schema/read-value.ts';
import type { ResourceView } from '../schema/resource-view.ts';
import { changeElements, type ElementIntent } from './apply-elements.ts';
import type { Intent } from './intent.ts';

/** Elements one PATCH may look at over all its operations: what keeps the largest from holding up everybody else. */
const MOST_LOOKS = 200_000;

interface State {
  readonly view: ResourceView;
  /** By canonical name; null for what was removed. */
  readonly attributes: { [name: string]: Json };
  /** Multi-valued attributes that were touched. */
  readonly touched: Set<Attribute>;
  /** Elements looked at so far. */
  looks: number;
  externalId: string | null | undefined;
  active: boolean | undefined;
  opaque: string | undefined;
}

/** What a PATCH leaves a resource saying. */
export type Patched = Omit<ReadResource, 'id' | 'members'>;

/**
 * Takes the steps of a PATCH on a resource as SCIM shows it, and tells what the provider asserts from now on: removed attributes
 * as null, `externalId` and `active` only when a step set them.
 *
 * Pure and atomic: it throws 400 (413 when there is too much to look at), or all steps are taken.
 */
export function applyIntents(view: ResourceView, intents: readonly Intent[]): Patched {
  const state: State = {
    view,
    attributes: { ...view.attributes },
    touched: new Set(),
    looks: 0,
    externalId: undefined,
    active: undefined,
    opaque: view.opaque,
  };
  for (const intent of intents) applyIntent(state, intent);
  for (const attribute of state.touched) tidy(state, attribute);
  const { attributes, externalId, active, opaque } = state;
  return { attributes, externalId, active, opaque };
}

function applyIntent(state: State, intent: Intent): void {
  if (intent.kind === 'same-id') checkId(state, intent.id);
  else if (intent.kind === 'keep') keepOpaque(state, intent.urn, intent.content);
  else CHANGE[intent.target.attribute.place](state, intent);
}

type AttributeIntent = Exclude<Intent, { kind: 'same-id' | 'keep' }>;

const CHANGE: Readonly<Record<Place, (state: State, intent: AttributeIntent) => void>> = {
  attributes: changeAttribute,
  externalId: (state, intent) => {
    state.externalId = asText(plainValue(intent));
  },
  active: changeActive,
  id: () => {},
  meta: () => {},
  members: () => {},
  groups: () => {},
  schemas: () => {},
};

/** Removed it is not shown any more, but says nothing about the person: a provider that means to deactivate sends false. */
function changeActive(state: State, intent: AttributeIntent): void {
  const sent = asBoolean(plainValue(intent));
  if (intent.kind === 'remove') state.attributes[ACTIVE] = null;
  if (sent === undefined) return;
  state.active = sent;
  delete state.attributes[ACTIVE];
}

function changeAttribute(state: State, intent: AttributeIntent): void {
  const { attribute, filter } = intent.target;
  const current = state.attributes[attribute.key] ?? null;
  if (!attribute.multiValued && !filter) changeSingle(state, intent, current);
  else if (intent.kind !== 'merge') changeList(state, intent, attribute.multiValued ? current : [current]);
}

function changeList(state: State, intent: ElementIntent, current: Json): void {
  const { attribute } = intent.target;
  const before = isList(current) ? current.filter((element) => element !== null) : [];
  state.looks += before.length;
  if (state.looks > MOST_LOOKS) throw new ScimError(413, 'the operations look at too many values; send fewer at once');
  const after = changeElements(before, intent);
  if (after === before) return;
  state.attributes[attribute.key] = attribute.multiValued ? after : (after[0] ?? null);
  if (attribute.multiValued) state.touched.add(attribute);
}

/** Nothing put into nothing, or taken from it, is no assertion about the attribute as a whole. */
function changeSingle(state: State, intent: AttributeIntent, current: Json): void {
  const { attribute, sub } = intent.target;
  const parts = partsOf(intent);
  const after = parts ? joinParts(isObject(current) ? current : {}, parts) : plainValue(intent);
  const saysNothing = sub !== undefined || (parts !== undefined && Object.keys(parts).length === 0);
  if (after === null && current === null && saysNothing) return;
  state.attributes[attribute.key] = after;
}

function plainValue(intent: AttributeIntent): Json {
  return intent.kind === 'set' ? intent.value : null;
}

function partsOf(intent: AttributeIntent): Parts | undefined {
  const { sub } = intent.target;
  if (intent.kind === 'merge') return intent.parts;
  return sub && { [sub.name]: plainValue(intent) };
}

/** Labels without content may be filled by a later step of the same PATCH, so they are dropped only now. */
function tidy(state: State, attribute: Attribute): void {
  const elements = state.attributes[attribute.key] ?? null;
  const tidied = isList(elements) ? tidyElements(attribute, elements) : [];
  state.attributes[attribute.key] = tidied.length === 0 ? null : tidied;
}

function checkId({ view }: State, id: Json): void {
  if (id !== view.scimId) throw mutability('id cannot be changed');
}

function keepOpaque(state: State, urn: string, content: JsonObject): void {
  const known = Object.entries(state.opaque === undefined ? {} : readOpaque(state.opaque));
  const extensions = new Map(known.flatMap(([name, value]) => (isObject(value) ? [[name, value] as const] : [])));
  const name = [...extensions.keys()].find((key) => key.toLowerCase() === urn.toLowerCase()) ?? urn;
  state.opaque = opaqueText([...extensions.set(name, { ...extensions.get(name), ...content })]);
}
