import type { mongo } from 'mongoose';

/** The driver's types that stores speak in. */
export type Db = mongo.Db;
export type Collection<Document extends mongo.Document> = mongo.Collection<Document>;
export type Filter<Document> = mongo.Filter<Document>;
export type IndexDirection = 1 | -1;
export type FindOptions = mongo.FindOptions;
