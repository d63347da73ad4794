// The real process, but its event loop stands still for 5 s when it is told to.
import '../../src/main.ts';

const BLOCKED_MS = 5_000;

process.on('SIGUSR2', () => {
  const until = performance.now() + BLOCKED_MS;
  while (performance.now() < until);
});
