import { expect } from 'chai';
import { importScene } from '../support/imports.ts';
import { expectStatus } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

describeBothWays('The refused rows of a CSV file', (way) => {
  const scene = importScene(way);

  /** What is given back of a file. */
  const errorsOf = async (text: string, mapping: object = {}) =>
    scene.imports.file((await scene.imports.review(text, mapping)).id, 'errors.csv');
  const verdictsOf = async (text: string) => {
    const { id } = await scene.imports.review(text);
    return (await scene.imports.rows(id)).map(({ line, verdict }) => `${line} ${verdict}`);
  };
  const BAD = 'invalid: email must be an email address with exactly one @';

  it('can be sent again any number of times: what is not mended is refused again, with its reason of now', async () => {
    const first = await errorsOf('email,name\nann at example,Ann\nbob at example,Bob\n');
    expect(first).to.equal(`email,name,reason\r\nann at example,Ann,${BAD}\r\nbob at example,Bob,${BAD}\r\n`);
    const second = await errorsOf(first.replace('ann at ', 'ann@'));
    expect(second).to.equal(`email,name,reason\r\nbob at example,Bob,${BAD}\r\n`);
    expect(await verdictsOf(second.replace('bob at ', 'bob@'))).to.deep.equal(['2 create']);
  });

  it('keep the cells there is no header for, and are refused again with them', async () => {
    const first = await errorsOf('email,name\nann@x.io,Smith, Ann\n');
    const reason = 'invalid: the row has 3 cells where the header has 2';
    expect(first).to.equal(`email,name,reason\r\nann@x.io,Smith,${reason}," Ann"\r\n`);
    const second = await errorsOf(first);
    expect(second).to.equal(
      `email,name,reason\r\nann@x.io,Smith,${reason.replace('3', '4').replace('2', '3')}," Ann"\r\n`,
    );
  });

  it('have their reasons taken for no field of the scene.organization, nor in the place of a column of the file', async () => {
    const customFields = [{ key: 'reason', name: 'Reason', type: 'text' }];
    expectStatus(await scene.rollcall.api.patch(`${scene.organization.path}/settings`, { customFields }), 200);
    const first = await errorsOf('email,reason,name,Reason 2\nann at example,Moved,Ann,x\n', {
      columns: { email: 'email', reason: 'custom.reason', name: 'name', 'Reason 2': 'title' },
    });
    expect(first).to.equal(`email,reason,name,Reason 2,reason 3\r\nann at example,Moved,Ann,x,${BAD}\r\n`);
    const { suggestion } = await scene.imports.upload(first);
    expect(suggestion.columns).to.include({ reason: 'custom.reason', 'reason 3': null });
    expect(await errorsOf(first)).to.equal(first);
  });

  it('can be sent again though their columns are as many as may be', async () => {
    const others = Array.from({ length: 97 }, (_, at) => `c${at}`);
    const first = await errorsOf(`${['email', ...others, 'name', 'title']}\nann at,${others},Ann,Boss\n`);
    const [header, row] = first.split('\r\n');
    expect(header).to.equal(`${['email', ...others.slice(0, 96), 'reason', 'name', 'title']}`);
    expect(row).to.equal(`ann at,${others.slice(0, 96)},${BAD},Ann,Boss`);
    expect(await verdictsOf(first)).to.deep.equal(['2 invalid']);
  });
});
