import { expect } from 'chai';
import { requeueImports } from '../../src/services/import-step.ts';
import { importScene } from '../support/imports.ts';
import { expectStatus } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const FILE = 'name,email\nAnn,a@x.io\nBen,b@x.io\n';
/** As no file is taken in: what stands in the store is no more what was sent. */
const SPOILED = 'name,email\nAnn,"a@x.io\n';

describeBothWays('A CSV file that was sent', (way) => {
  const scene = importScene(way);

  const textsOf = (importId: string) =>
    scene.rollcall.rollcall.deps.stores.imports.part({
      organizationId: scene.organization.id,
      importId,
      part: 'text',
      page: 0,
    });
  /** A file whose rows nobody reads for now: the job is lost. */
  const sendUnread = async (text: string) => {
    const { queue } = scene.rollcall.rollcall.deps;
    const enqueue = queue.enqueue;
    Object.assign(queue, { enqueue: async () => undefined });
    try {
      return expectStatus(await scene.imports.send(text), 202);
    } finally {
      Object.assign(queue, { enqueue });
    }
  };
  const sendSpoiled = async () => {
    const sent = await sendUnread(FILE);
    const place = { organizationId: scene.organization.id, importId: sent.id, part: 'text', page: 0 };
    await scene.rollcall.rollcall.deps.stores.imports.putPart({ ...place, text: JSON.stringify(SPOILED) });
    return sent;
  };
  const read = (importId: string) =>
    scene.rollcall.rollcall.deps.queue.enqueue('import', { organizationId: scene.organization.id, importId });

  it('is parsing at once, with its headers and what they may mean; its rows are read by a job', async () => {
    const sent = await sendUnread(FILE);
    expect(sent).to.deep.include({ state: 'parsing', rows: 0, headers: ['name', 'email'] });
    expect(sent.suggestion.columns).to.deep.equal({ name: 'name', email: 'email' });
    const early = await scene.rollcall.api.put(`${scene.organization.path}/imports/${sent.id}/mapping`, {});
    expect([early.status, early.body.code]).to.deep.equal([409, 'import_state']);
    await read(sent.id);
    expect(await scene.imports.settled(sent.id, ['mapping'])).to.deep.include({ rows: 2 });
    expect((await scene.imports.map(sent.id)).counts).to.deep.equal({ create: 2 });
  });

  it('is read by whoever finds it in the store, when the job was lost', async () => {
    const sent = await sendUnread(FILE);
    await requeueImports(scene.rollcall.rollcall.deps);
    expect(await scene.imports.settled(sent.id, ['mapping'])).to.deep.include({ rows: 2 });
  });

  it('is read as well when it was half read before', async () => {
    const sent = await sendUnread(FILE);
    const place = { organizationId: scene.organization.id, importId: sent.id, part: 'file' };
    const { imports: store } = scene.rollcall.rollcall.deps.stores;
    await store.putPart({ ...place, page: 0, text: JSON.stringify([{ line: 2, cells: ['Ann', 'a@x.io'] }]) });
    await read(sent.id);
    await scene.imports.settled(sent.id, ['mapping']);
    expect((await scene.imports.map(sent.id)).counts).to.deep.equal({ create: 2 });
  });

  it('is forgotten as text once its rows are read, or cannot be', async () => {
    const good = await sendUnread(FILE);
    const bad = await sendSpoiled();
    for (const { id } of [good, bad]) {
      expect(await textsOf(id)).not.to.equal(null);
      await read(id);
      await scene.imports.settled(id, ['mapping', 'failed']);
    }
    for (const { id } of [good, bad]) expect(await textsOf(id)).to.equal(null);
  });

  it('can be cancelled while it is parsing, and is not read then', async () => {
    const sent = await sendUnread(FILE);
    expectStatus(await scene.rollcall.api.post(`${scene.organization.path}/imports/${sent.id}/cancel`), 200);
    await read(sent.id);
    const next = await scene.imports.upload(FILE);
    expect(next.state).to.equal('mapping');
    expect(await scene.imports.read(sent.id)).to.deep.include({ state: 'cancelled', rows: 0 });
  });

  it('is over when it failed: neither mapping, committing nor cancelling does anything', async () => {
    const { id } = await sendSpoiled();
    await read(id);
    const failure = { code: 'unreadable_file', detail: 'a quote that opens on line 2 does not close', line: 2 };
    expect(await scene.imports.settled(id, ['failed'])).to.deep.include({ failure, rows: 0 });
    const { path } = scene.organization;
    const answers = [
      await scene.rollcall.api.put(`${path}/imports/${id}/mapping`, {}),
      await scene.imports.commit(id, 'digest'),
      await scene.rollcall.api.post(`${path}/imports/${id}/cancel`),
    ];
    expect(answers.map(({ body }) => body.code)).to.deep.equal(['import_state', 'import_state', 'import_state']);
  });

  for (const [type, encoding, file] of [
    ['text/csv;charset=windows-1252', 'windows-1252', Buffer.from('name,email\nZoë,z@x.io\n', 'latin1')],
    [
      'Text/CSV; header=present; Charset="ISO-8859-1"',
      'windows-1252',
      Buffer.from('name,email\nZoë,z@x.io\n', 'latin1'),
    ],
    ['text/csv; charset=utf-16le', 'utf-16le', Buffer.from('name,email\nZoë,z@x.io\n', 'utf16le')],
    ['text/csv; charset=UTF-16BE', 'utf-16be', Buffer.from('name,email\nZoë,z@x.io\n', 'utf16le').swap16()],
    ['text/csv; charset=utf-8', 'utf-8', 'name,email\nZoë,z@x.io\n'],
  ] as const)
    it(`is read in the charset that its type names: ${type}`, async () => {
      const sent = expectStatus(await scene.imports.send(file, '', type), 202);
      expect(sent.encoding).to.equal(encoding);
      await scene.imports.settled(sent.id, ['mapping']);
      await scene.imports.map(sent.id);
      expect((await scene.imports.rows(sent.id))[0]?.to.name).to.equal('Zoë');
    });

  it('may end its lines in different ways: its rows are told with their lines', async () => {
    const text = 'name,email\r\nAnn,a@x.io\nBen,b@x.io\rCyd,c@x.io\r\n\n"Dee\r\nDo",d@x.io\nEve,e@x\r\nFay,f@x.io';
    const reviewed = await scene.imports.review(text);
    const rows = await scene.imports.rows(reviewed.id);
    expect(rows.map(({ line, verdict, to }) => `${line} ${verdict} ${to?.email ?? ''}`.trim())).to.deep.equal([
      '2 create a@x.io',
      '3 create b@x.io',
      '4 create c@x.io',
      '6 create d@x.io',
      '8 create e@x',
      '9 create f@x.io',
    ]);
  });

  it('may have rows of a million characters, however many bytes they are; a longer one is refused when it is sent', async () => {
    const row = (characters: number) => `name,email\n${'漢'.repeat(characters)},a@x.io\n`;
    const { id, state } = await scene.imports.upload(row(400_000));
    expect(state).to.equal('mapping');
    await scene.imports.map(id);
    expect((await scene.imports.rows(id))[0]).to.include({ line: 2, verdict: 'invalid' });
    const { status, body } = await scene.imports.send(row(1_000_000));
    expect([status, body.code, body.line]).to.deep.equal([422, 'unreadable_file', 2]);
  });

  it('leaves nothing behind when it is refused', async () => {
    expect((await scene.imports.send('name,name\nAnn,a@x.io\n')).status).to.equal(422);
    expect((await scene.imports.send(`${FILE}"Eve,e@x.io\n`)).body).to.include({ code: 'unreadable_file', line: 4 });
    expect((await scene.imports.send(`${FILE}${'Ann,a@x.io\n'.repeat(50_000)}`)).body.code).to.equal('too_large');
    expect((await scene.rollcall.api.get(`${scene.organization.path}/imports`)).body.items).to.deep.equal([]);
  });
});
