import { expect } from 'chai';
import { mongo as driver } from 'mongoose';
import { projectFiles } from '../architecture/project-files.ts';
import { describeOnMongo } from '../servers/describe-on.ts';
import { figure } from './figure.ts';

/** What only a replica set or a MongoDB of a certain kind can do. */
const DEPENDENCES = [
  'startSession',
  'withTransaction',
  'startTransaction',
  '\\.watch\\(',
  'collation',
  '\\$jsonSchema',
];

const PRODUCT = /^(config|src|scim|workers|connectors)\/.*\.ts$/;

describe('R16: no dependence on transactions', () => {
  it('R16: no code of the product asks for a transaction, a change stream or a collation', () => {
    const files = Object.entries(projectFiles()).filter(([path]) => PRODUCT.test(path));
    const found = files.flatMap(([path, text]) =>
      DEPENDENCES.filter((name) => new RegExp(name).test(text)).map((name) => `${path}: ${name}`),
    );
    expect(found).to.deep.equal([]);
    expect(files.some(([path]) => path.startsWith('src/store/mongo/'))).to.equal(true);
  });

  describeOnMongo('on the server of this run', (server) => {
    it('R16: the suite runs on a server without transactions, or says on what', async () => {
      const client = new driver.MongoClient(server.url, { serverSelectionTimeoutMS: 2_000 });
      try {
        const { setName = null } = await client.db('admin').command({ hello: 1 });
        figure(
          'R16',
          `0 places ask for transactions; this run was on ${setName ? `replica set ${setName}` : 'a standalone server'}`,
        );
      } finally {
        await client.close();
      }
    });
  });
});
