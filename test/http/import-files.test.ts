import { expect } from 'chai';
import { importsOf } from '../support/imports.ts';
import { startDescribed } from './description.ts';

/** Of 600 kB, so that they come in pieces. */
const MANY_LINES = `name\n${'漢漢漢漢漢漢漢漢漢漢\n'.repeat(20_000)}`;
const utf16 = (text: string) => Buffer.from(`\u{FEFF}${text}`, 'utf16le');

describe('files that are sent to be imported', () => {
  let rollcall: Awaited<ReturnType<typeof startDescribed>>;
  let imports: ReturnType<typeof importsOf>;
  before(async () => {
    rollcall = await startDescribed();
    imports = importsOf(rollcall, await rollcall.addOrganization());
  });
  after(() => rollcall.stop());

  /** Each piece by itself on its way. */
  const sendPieces = async (pieces: readonly Buffer[]) => {
    const entry = await rollcall.addOrganization();
    async function* paced() {
      for (const piece of pieces) {
        yield piece;
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    }
    const answer = await fetch(`${rollcall.url}/api${entry.path}/imports`, {
      method: 'POST',
      headers: { authorization: `Bearer ${rollcall.operatorKey}`, 'content-type': 'text/csv' },
      body: ReadableStream.from(paced()),
      duplex: 'half',
    });
    return (await answer.json()) as { readonly headers?: readonly string[]; readonly code?: string };
  };
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

  it('have their delimiter guessed from the first line that is not blank', async () => {
    expect((await imports.upload('\n\nname;email\nAnn;a@x.io\n')).headers).to.deep.equal(['name', 'email']);
  });

  for (const [text, delimiter] of [
    ['sep=;\r\nna,me;email\r\nAnn;a@x.io\r\n', ';'],
    ['\u{FEFF}"sep=|"\nna,me|email\nAnn|a@x.io\n', '|'],
    [utf16('SEP=\t\nna,me\temail\nAnn\ta@x.io\n'), '\t'],
  ] as const)
    it(`may name their delimiter in a first line: ${JSON.stringify(delimiter)}`, async () => {
      const entry = await imports.upload(text);
      expect([entry.delimiter, entry.headers, entry.rows]).to.deep.equal([delimiter, ['na,me', 'email'], 1]);
      await imports.map(entry.id, { columns: { 'na,me': 'name', email: 'email' } });
      expect((await imports.rows(entry.id))[0].line).to.equal(3);
    });

  it('may have a header that only begins like such a line, and are read as they are told to be', async () => {
    expect((await imports.upload('sep=;email\nAnn;a@x.io\n')).headers).to.deep.equal(['sep=', 'email']);
    expect((await imports.upload('sep=;\nna;me,email\nx,a@x.io\n', '?delimiter=comma')).delimiter).to.equal(',');
  });

  it('have no rows where nothing but blanks stands, wherever they are, and count lines all the same', async () => {
    const { id, rows } = await imports.upload('name;email\n;\nAnn;a@x.io\n;;;\n   \n"";" "\nBen;b@x.io\n;\n;');
    await imports.map(id);
    const lines = (await imports.rows(id)).map(({ line, verdict }) => [line, verdict]);
    expect({ rows, lines }).to.deep.equal({
      rows: 2,
      lines: [
        [3, 'create'],
        [7, 'create'],
      ],
    });
    expect((await imports.upload(`name,email\n${'a,b@x.io\n,\n'.repeat(50_000)}`)).rows).to.equal(50_000);
  }).timeout(30_000);

  it('are known by their first bytes, however few come at a time', async () => {
    const bytes = (file: string | Buffer) => [...Buffer.from(file)].map((byte) => Buffer.from([byte]));
    for (const file of ['\u{FEFF}"na\nme";email\n', utf16('"na\nme";email\n')])
      expect((await sendPieces(bytes(file))).headers).to.deep.equal(['na\nme', 'email']);
    expect((await sendPieces(bytes('PK\x03\x04\0'))).code).to.equal('unsupported_media_type');
  });

  it('are read with the delimiter that is set', async () => {
    expect((await imports.upload('name;x,email\nAnn,a@x.io\n', '?delimiter=comma')).headers).to.deep.equal([
      'name;x',
      'email',
    ]);
  });

  for (const [what, file, line] of [
    ['wherever the pieces are cut', [MANY_LINES, [0xff]], 20_002],
    ['in a later piece, behind half a character', ['x', MANY_LINES, [0xff]], 20_002],
    ['behind what stands for lost characters', ['name\n\u{FFFD}\n\n', [0xff], '\n'], 4],
    ['in a file from Windows', ['name\r\nx\r\n'.repeat(20_000), [0xff]], 40_001],
    ['in a file from an old Mac', ['name\rx\r', [0xc3, 0x28]], 3],
    ['as half a character at the end', ['name\nx\n', [0xc3]], 3],
    ['as half of UTF-16', [utf16(MANY_LINES), [0x00, 0xd8, 0x41, 0x00]], 20_002],
    ['as a byte too many of UTF-16', [utf16('name\nx\n'), [0x41]], 3],
  ] as const)
    it(`are refused with the line of bytes that are no text, ${what}`, async () => {
      const whole = Buffer.concat(
        file.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))),
      );
      const { status, body } = await imports.send(whole);
      expect([status, body.code, body.line]).to.deep.equal([422, 'unreadable_file', line]);
    });

  for (const [what, file, sentence] of [
    [
      'bytes that are no text',
      Buffer.from('name,email\nAnn,a@x.io\nZo\xeb,z@x.io\n', 'latin1'),
      'not utf-8; choose the encoding windows-1252',
    ],
    ['a quote of the header that does not close', '"name,email\nAnn,a@x.io\n', 'a quote that opens on line 1'],
    ['nothing', '', 'the file has no header'],
    ['no header', 'Ann,a@x.io\n', 'seems to have no header'],
    ['a double header', 'name,email,Name\n', 'stands twice'],
    ['a column without a header', 'name,,email\n', 'column 2 has no header'],
    ['UTF-16 without a mark', Buffer.from('name,email\nAnn,a@x.io\n', 'utf16le'), 'holds null characters'],
  ] as const)
    it(`are refused with 422 for ${what}, and where`, async () => {
      const { status, body } = await imports.send(file);
      expect(`${status} ${body.code} ${body.detail}`).to.contain('422 unreadable_file').and.to.contain(sentence);
    });

  it('leave the last word about how they are read to their mark, then to the parameter, then to the type', async () => {
    const read = async (file: string | Buffer, query: string, charset: string) => {
      const { body } = await imports.send(file, query, `text/csv; charset=${charset}`);
      return `${body.encoding ?? body.code} ${body.headers}`;
    };
    const latin = Buffer.from('Zoë,email\n', 'latin1');
    expect(await read(utf16('Zoë,email\n'), '', 'windows-1252')).to.equal('utf-16le Zoë,email');
    expect(await read(latin, '?encoding=windows-1252', 'utf-8')).to.equal('windows-1252 Zoë,email');
    expect(await read(latin, '?encoding=windows-1252', 'klingon')).to.equal('windows-1252 Zoë,email');
    expect(await read('Zoë,email\n', '?encoding=utf-8', 'windows-1252')).to.equal('utf-8 Zoë,email');
    expect(await read(latin, '', 'utf-8')).to.equal('unreadable_file undefined');
  });

  for (const charset of ['klingon', 'shift_jis', '""', 'iso-8859-2'])
    it(`are refused with 415 in a charset that nobody reads: ${charset}`, async () => {
      const { status, body } = await imports.send('name,email\n', '', `text/csv; charset=${charset}`);
      expect(`${status} ${body.code} ${body.detail}`).to.contain(
        '415 unsupported_media_type files are read as utf-8, ',
      );
    });

  it('are refused with 415 and a hint when they are spreadsheets', async () => {
    const files = [
      [0x50, 0x4b, 0x03, 0x04],
      [0x50, 0x4b, 0x05, 0x06],
      [0xd0, 0xcf, 0x11, 0xe0],
    ].map((start) => imports.send(Buffer.from([...start, 0, 0])));
    const types = [
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      'application/vnd.ms-excel',
      'application/vnd.oasis.opendocument.spreadsheet',
      'application/vnd.apple.numbers',
      'application/x-iwork-numbers-sffnumbers',
    ].map((type) => imports.send('x', '', type));
    const markups = [
      '\u{FEFF}<?xml version="1.0"?>\r\n<Workbook>',
      '\r\n<!DOCTYPE html><table>',
      '<html xmlns:x="excel">',
      utf16('<table><tr><td>name</td>'),
    ].map((text) => imports.send(text));
    for (const { status, body } of await Promise.all([...files, ...types, ...markups])) {
      expect(`${status} ${body.code}`).to.equal('415 unsupported_media_type');
      expect(body.detail).to.contain('save it as CSV');
    }
    expect((await imports.send('{}', '', 'application/json')).status).to.equal(415);
  });

  for (const [what, file, status, sentence, line] of [
    ['a quote that does not close', '"\nAnn",a@x.io\n\n"Zoe,z@x.io\nBen,b@x.io\n', 422, 'opens on line 5', 5],
    ['a quote where none may stand', 'Ann,a"b@x.io\n', 422, 'line 2 cannot be read: a quote stands where none', 2],
    ['a row without end', `Ann,a@x.io\n${'x'.repeat(1_100_000)}`, 422, 'the row on line 3 is too long', 3],
    ['more than 50,000 rows', '"a\n",b@x.io\n'.repeat(50_001), 413, 'more than 50000 rows', undefined],
  ] as const)
    it(`are refused at once for ${what}, and where`, async () => {
      const { status: answered, body } = await imports.send(`name,email\n${file}`);
      expect([answered, body.code, body.line]).to.deep.equal([
        status,
        status === 413 ? 'too_large' : 'unreadable_file',
        line,
      ]);
      expect(body.detail).to.contain(sentence);
    }).timeout(30_000);

  it('are refused with 413 for more than 100 columns', async () => {
    const header = (count: number) =>
      ['name', 'email', ...Array.from({ length: count - 2 }, (_, at) => `c${at}`)].join();
    expect((await imports.send(`${header(100)}\n`)).status).to.equal(202);
    const { status, body } = await imports.send(`${header(101)}\n`);
    expect([status, body.code, body.detail]).to.deep.equal([413, 'too_large', 'the file has more than 100 columns']);
  });

  it('are taken with 50,000 rows', async () => {
    expect((await imports.upload(`name,email\n${'"a\n",b@x.io\n\n'.repeat(50_000)}`)).rows).to.equal(50_000);
  }).timeout(30_000);

  it('leave the connection open for the next call, however much of them was not read', async () => {
    const much = 'Ann,a@x.io\n'.repeat(200_000);
    const files: readonly (string | Buffer)[] = [
      Buffer.concat([Buffer.from([0x50, 0x4b, 0x03, 0x04]), Buffer.from(much)]),
      Buffer.concat([Buffer.from('name,email\nZo\xeb,z@x.io\n', 'latin1'), Buffer.from(much)]),
      `name,email\n${much}`,
    ];
    const answers: number[] = [];
    for (const file of files) {
      answers.push((await imports.send(file)).status);
      answers.push((await imports.send('name,email\n')).status);
    }
    expect(answers).to.deep.equal([415, 202, 422, 202, 413, 202]);
  });

  for (const [what, text] of [
    ['of rows', 'name,email\n'],
    ['in one row', 'a'],
    ['of blank lines', '\n'],
  ] as const)
    it(`are refused with 413 beyond 50 MB ${what}`, async () => {
      const answer = await imports.send(Buffer.alloc(50 * 1_048_576 + 1, text));
      expect(answer).to.deep.include({ status: 413 });
      expect(answer.body.detail).to.equal('the file may have at most 50 MB');
    }).timeout(30_000);
});
