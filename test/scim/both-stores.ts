import { describeOnMongo } from '../servers/describe-on.ts';
import { oneDatabase, storesIn } from '../store/mongo/open-stores.ts';
import type { ScimServerOptions } from './server.ts';

const PATIENCE_MS = 30_000;

/** The same suite twice: `on` is what a server of its tests is started with. Each of them may take 30 s. */
export function describeOnBothStores(title: string, body: (on: Pick<ScimServerOptions, 'open'>) => void): void {
  describe(title, function () {
    this.timeout(PATIENCE_MS);
    describe('on the embedded store', () => body({}));
    describeOnMongo('on MongoDB', (mongo) => body({ open: storesIn(oneDatabase(mongo)) }));
  });
}
