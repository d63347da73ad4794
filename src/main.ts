import { loadSettings } from '../config/load.ts';
import { compose } from './compose.ts';

/** Starts Rollcall and stops it in order on SIGTERM or SIGINT. `worker` as its argument is the role worker. The
 * only place that reads the environment and ends the process. */
async function main(): Promise<void> {
  // The database and its logs hold people: nobody else on the machine may read them.
  process.umask(0o077);
  const settings = loadSettings(
    process.argv[2] === 'worker' ? { ...process.env, ROLLCALL_ROLE: 'worker' } : process.env,
  );
  const rollcall = await compose(settings);
  const { logger } = rollcall.deps;
  const stop = (signal: string) => {
    logger.info({ signal }, 'stopping');
    rollcall.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  if (process.env.npm_lifecycle_event !== undefined) stopWithParent(() => stop('npm has ended'));
  process.once('SIGTERM', () => stop('SIGTERM'));
  process.once('SIGINT', () => stop('SIGINT'));
  process.on('unhandledRejection', (error) => {
    logger.error({ error }, 'an unhandled rejection; the process ends');
    process.exit(1);
  });
  logger.info(
    { url: rollcall.url, role: settings.role, operatorKeyFile: rollcall.operatorKeyPath },
    'Rollcall is listening',
  );
}

/** npm does not hand a signal on: without this, ending npm would leave Rollcall running, and the data directory locked. */
function stopWithParent(stop: () => void): void {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    stop();
  }, 500);
  watch.unref();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
