import express, { type Express } from 'express';
import type { BarePerson, BareStore, Values } from './bare-store.ts';

/**
 * What somebody would write who needs nothing but the row: no token, no protocol, no checks, no precedence. It reads and writes
 * the same rows as Rollcall and answers with the same values.
 */
export function createBareApp(store: BareStore): Express {
  const app = express();
  const json = express.json({ type: () => true });

  app.get('/Users', (request, response) => {
    const { userName, limit, cursor = '', offset } = request.query as { [name: string]: string };
    const found = userName === undefined ? undefined : store.byUserName(userName);
    if (userName !== undefined) return void response.json({ totalResults: 1, Resources: found ? [shown(found)] : [] });
    const people =
      offset === undefined ? store.page(cursor, Number(limit)) : store.pageAt(Number(offset), Number(limit));
    response.json({ Resources: people.map(shown) });
  });
  app.get('/Users/:id', (request, response) => {
    const person = store.byScimId(request.params.id);
    if (person) response.json(shown(person));
    else response.status(404).json({});
  });
  app.post('/Users', json, (request, response) => {
    response.status(201).json(shown(store.insert(request.body)));
  });
  app.put('/Users/:id', json, (request, response) => {
    const person = store.update(String(request.params.id), ({ records }) => {
      records[0].attributes = request.body;
    });
    response.json(person && shown(person));
  });
  app.patch('/Users/:id', json, (request, response) => {
    const { Operations } = request.body;
    const person = store.update(String(request.params.id), (stored) => {
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
