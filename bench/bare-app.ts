import express, { type Express } from 'express';
import type { BarePerson, BareStore, Values } from './bare-store.ts';

/**
 * What somebody would write who needs nothing but the row: no token, no protocol, no checks, no precedence. It reads and writes
 * the same rows as Rollcall and answers with the same values.
 */
export function createBareApp(store: BareStore): Express {
  const app = express();
  const json = express.json({ type: () => true });

  app.get('/:organization/Users', (request, response) => {
    const { userName, limit, cursor = '', offset } = request.query as { [name: string]: string };
    const people = store.of(request.params.organization);
    const found = userName === undefined ? undefined : people.byUserName(userName);
    if (userName !== undefined) return void response.json({ totalResults: 1, Resources: found ? [shown(found)] : [] });
    const page =
      offset === undefined ? people.page(cursor, Number(limit)) : people.pageAt(Number(offset), Number(limit));
    response.json({ Resources: page.map(shown) });
  });
  app.get('/:organization/Users/:id', (request, response) => {
    const person = store.of(request.params.organization).byScimId(request.params.id);
    if (person) response.json(shown(person));
    else response.status(404).json({});
  });
  app.post('/:organization/Users', json, (request, response) => {
    response.status(201).json(shown(store.of(String(request.params.organization)).insert(request.body)));
  });
  app.put('/:organization/Users/:id', json, (request, response) => {
    const person = store.of(String(request.params.organization)).update(String(request.params.id), ({ records }) => {
      records[0].attributes = request.body;
    });
    response.json(person && shown(person));
  });
  app.patch('/:organization/Users/:id', json, (request, response) => {
    const { Operations } = request.body;
    const person = store.of(String(request.params.organization)).update(String(request.params.id), (stored) => {
      for (const { path, value } of Operations) set(stored, path, value);
    });
    response.json(person && shown(person));
  });
  return app;
}

function shown({ scim, records }: BarePerson): object {
  return { id: scim.id, ...records[0].attributes };
}

function set({ records: [record] }: BarePerson, path: string, value: Values): void {
  if (path === 'active') record.enabled = value;
  else record.attributes[path] = value;
}
