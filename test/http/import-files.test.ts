import { expect } from 'chai';
import { importsOf } from '../support/imports.ts';
import { startDescribed } from './description.ts';

const utf16 = (text: string) => Buffer.from(`\u{FEFF}${text}`, 'utf16le');

describe('files that are sent to be imported', () => {
  let rollcall: Awaited<ReturnType<typeof startDescribed>>;
  let imports: ReturnType<typeof importsOf>;
  before(async () => {
    rollcall = await startDescribed();
    imports = importsOf(rollcall, await rollcall.addOrganization());
  });
  after(() => rollcall.stop());

  const nameIn = async (file: string | Buffer, query = '') => {
    const { id } = await imports.upload(file, query);
    await imports.map(id);
    return (await imports.rows(id))[0].to.name;
  };

  for (const [what, file, query] of [
    ['UTF-8', 'name,email\nZoë,z@x.io\n', ''],
    ['UTF-8 with a mark', '\u{FEFF}name,email\nZoë,z@x.io\n', ''],
    ['UTF-16 with a mark', utf16('name,email\nZoë,z@x.io\n'), ''],
    ['UTF-16, big end first', utf16('name,email\nZoë,z@x.io\n').swap16(), ''],
    ['Windows-1252 when chosen', Buffer.from('name,email\nZoë,z@x.io\n', 'latin1'), '?encoding=windows-1252'],
  ] as const)
    it(`are read as ${what}`, async () => {
      expect(await nameIn(file, query)).to.equal('Zoë');
    });

  for (const [delimiter, text] of [
    [',', 'name,email\n"A;B;C",a@x.io\n'],
    [';', '"a,b,c";name;email\n1;Ann;a@x.io\n'],
    ['\t', 'name\temail\nAnn\ta@x.io\n'],
    ['|', 'name|email\nAnn|a@x.io\n'],
  ] as const)
    it(`have their delimiter guessed outside of quotes: ${JSON.stringify(delimiter)}`, async () => {
      expect((await imports.upload(text)).delimiter).to.equal(delimiter);
    });

  it('are read with the delimiter that is set', async () => {
    expect((await imports.upload('name;x,email\nAnn,a@x.io\n', '?delimiter=comma')).headers).to.deep.equal([
      'name;x',
      'email',
    ]);
  });

  for (const [what, file, sentence] of [
    ['bytes that are no text', Buffer.from('name,email\nAnn,a@x.io\nZo\xeb,z@x.io\n', 'latin1'), 'line 3 has bytes'],
    ['a quote of the header that does not close', '"name,email\nAnn,a@x.io\n', 'a quote that opens on line 1'],
    ['nothing', '', 'the file has no header'],
    ['no header', 'Ann,a@x.io\n', 'seems to have no header'],
    ['a double header', 'name,email,Name\n', 'stands twice'],
    ['a column without a header', 'name,,email\n', 'column 2 has no header'],
    ['too many columns', `${Array.from({ length: 101 }, (_, at) => `c${at}`).join()}\n`, 'more than 100 columns'],
  ] as const)
    it(`are refused with 422 for ${what}, and where`, async () => {
      const { status, body } = await imports.send(file);
      expect(`${status} ${body.code} ${body.detail}`).to.contain('422 unreadable_file').and.to.contain(sentence);
    });

  it('are refused with 415 and a hint when they are spreadsheets', async () => {
    const zip = Buffer.from([0x50, 0x4b, 0x03, 0x04, 0, 0]);
    const excel = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
    for (const answer of [await imports.send(zip), await imports.send('x', '', excel)]) {
      expect(`${answer.status} ${answer.body.code}`).to.equal('415 unsupported_media_type');
      expect(answer.body.detail).to.contain('save it as CSV');
    }
    expect((await imports.send('{}', '', 'application/json')).status).to.equal(415);
  });

  for (const [what, text, failure] of [
    [
      'a quote that does not close',
      'name,email\nAnn,a@x.io\n"Zoe,z@x.io\nBen,b@x.io\n',
      { code: 'unreadable_file', detail: 'a quote that opens on line 3 does not close', line: 3 },
    ],
    [
      'a quote where none may stand',
      'name,email\nAnn,a"b@x.io\n',
      { code: 'unreadable_file', detail: 'line 2 cannot be read: a quote stands where none may', line: 2 },
    ],
    [
      'more than 50,000 rows',
      `name,email\n${'a,b@x.io\n'.repeat(50_001)}`,
      { code: 'too_large', detail: 'the file has more than 50000 rows' },
    ],
  ] as const)
    it(`are taken in, and end as failed for ${what}, and where`, async () => {
      const entry = await imports.upload(text);
      expect(entry).to.deep.include({ state: 'failed', failure, rows: 0 });
      expect((await imports.map(entry.id).catch(() => null)) === null).to.equal(true);
    }).timeout(30_000);

  it('are refused with 413 beyond 50 MB', async () => {
    const large = Buffer.alloc(50 * 1_048_576 + 1, 'name,email\n');
    expect((await imports.send(large)).status).to.equal(413);
  }).timeout(30_000);
});
