import { mongo } from 'mongoose';

/** Whether a server at the URL serves commands that need its data. */
export async function answersMongo(url: string): Promise<boolean> {
  const client = new mongo.MongoClient(url, {
    serverSelectionTimeoutMS: 300,
    connectTimeoutMS: 1_000,
    socketTimeoutMS: 2_000,
  });
  try {
    await client.db('admin').command({ listDatabases: 1, nameOnly: true });
    return true;
  } catch (error) {
    if (error instanceof mongo.MongoError) return false;
    throw error;
  } finally {
    await client.close();
  }
}
