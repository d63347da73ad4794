import { buildCollections } from '../../../src/store/mongo/build-collections.ts';
import { createInterviewStore, DOUBTED_INTERVIEWS, doubtBooked } from '../../../src/store/mongo/interviews.ts';
import { expectBookedInDoubt } from '../../contracts/doubt-booked.ts';
import { describeOnMongo } from '../../servers/describe-on.ts';
import { eachWithUsers } from './open-users.ts';

describeOnMongo('interviews that were here before MongoDB could doubt them', (mongo) => {
  const test = eachWithUsers(mongo);

  it('are in doubt where they are booked', async () => {
    await buildCollections(test.database, DOUBTED_INTERVIEWS, async () => undefined);
    await expectBookedInDoubt(createInterviewStore(test.database), () => doubtBooked(test.database));
  });
});
