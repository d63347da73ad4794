/** Drawn anew for every process unless the environment asks for a certain one. */
export const SEED = Number(process.env.ROLLCALL_PROPERTY_SEED ?? Math.floor(Math.random() * 1_000_000_000));

export const again = (seed: number): string => `again with ROLLCALL_PROPERTY_SEED=${seed} ROLLCALL_PROPERTY_RUNS=1`;
