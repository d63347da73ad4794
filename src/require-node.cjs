'use strict';

// Loaded before anything else, and plain JavaScript, so that a Node too old for the rest can still read it.
const NEEDED = 24;

if (Number(process.versions.node.split('.')[0]) < NEEDED) {
  process.stderr.write(`Rollcall needs Node.js ${NEEDED} or newer; this is ${process.versions.node}.\n`);
  process.exit(1);
}
