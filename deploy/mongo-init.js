// Run by mongosh: makes a replica set of one member, and an account for Rollcall that may use its own database only.
// Running it again changes nothing but the account's password, should MONGO_PASSWORD be another one now.
db.getSiblingDB('admin').auth('root', process.env.MONGO_ROOT_PASSWORD);

try {
  rs.status();
} catch (error) {
  if (error.codeName !== 'NotYetInitialized') throw error;
  rs.initiate({ _id: 'rs0', members: [{ _id: 0, host: 'mongo:27017' }] });
}
while (!db.hello().isWritablePrimary) sleep(200);

const rollcall = db.getSiblingDB('rollcall');
const account = { pwd: process.env.MONGO_PASSWORD, roles: ['readWrite'] };
if (rollcall.getUser('rollcall')) rollcall.updateUser('rollcall', account);
else rollcall.createUser({ user: 'rollcall', ...account });
