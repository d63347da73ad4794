import { openDatabase } from '../../src/store/mongo/database.ts';
import { migrate } from '../../src/store/mongo/migrations.ts';

const [url = '', at = '0'] = process.argv.slice(2);
let steps = 0;
const database = await openDatabase({ url });
await migrate(database, {
  // Short, so that whoever comes after one that was killed need not wait.
  leaseMs: 500,
  onStep() {
    steps++;
    if (steps === Number(at)) process.kill(process.pid, 'SIGKILL');
  },
});
process.stdout.write(String(steps));
await database.close();
