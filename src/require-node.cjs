'use strict';

// Loaded before anything else, and plain JavaScript, so that a Node too old for the rest can still read it.
const NEEDED = 24;

if (Number(process.versions.node.split('.')[0]) < NEEDED) {
  const bundled = bundledNode();
  if (bundled) process.exit(runUnder(bundled));
  process.stderr.write(`Rollcall needs Node.js ${NEEDED} or newer; this is ${process.versions.node}.\n`);
  process.exit(1);
}

// npm 10 installs the Node that comes with Rollcall but forgets to put it on the path of its scripts.
function bundledNode() {
  const { existsSync } = require('fs');
  const { join } = require('path');
  const name = `node-${process.platform}-${process.arch}`;
  const path = join(__dirname, '..', 'node_modules', name, 'bin', 'node');
  return existsSync(path) && process.execPath !== path ? path : null;
}

function runUnder(path) {
  const { spawnSync } = require('child_process');
  const { status } = spawnSync(path, process.execArgv.concat(process.argv.slice(1)), { stdio: 'inherit' });
  return status === null ? 1 : status;
}
