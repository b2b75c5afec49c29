'use strict';

/**
 * Ends a process with kill -9 at a named point. It is put before a program by `node --require`, with CRASH_AT=P2:3 for
 * "when P2 is reached for the third time", or several of them for whichever comes first. The programs themselves know
 * nothing of it, so none that is shipped can be made to die this way. A point whose place in the program is gone stops
 * the process at once and says so.
 */

const { AsyncLocalStorage } = require('node:async_hooks');
const { subscribe } = require('node:diagnostics_channel');
const { writeSync } = require('node:fs');
const { Socket } = require('node:net');
const { join } = require('node:path');

const PROGRAM = join(__dirname, '..', '..', 'dist');
const PROVIDER_CREATE = /\/(Calls|Messages)\.json$/;
const END_OF_MAIL = '\r\n.\r\n';

/** By point: what it means, and how a process is made to notice it. */
const POINTS = {
  /** Timer fired: the workflow asks what to do, and is not answered. */
  P0: (reached) => around('db/step', 'step', async (run) => (reached(), run())),
  /** Permit granted, claim not committed. */
  P1: (reached) => beforeCommit('db/claim', 'claim', reached),
  /** Claim committed, before the request. */
  P2: (reached) => after('db/claim', 'claim', (outcome) => outcome.kind === 'claimed' && reached()),
  /** Bytes sent, no response. */
  P3: (reached) => whenSent(reached),
  /** Response received, its id not stored. */
  P4: (reached) => before('db/attempt-result', 'recordAccepted', reached),
  /** Id stored, activity not reported. */
  P5: (reached) => after('db/attempt-result', 'recordAccepted', reached),
  /** The wake after the deed is decided and stored, its workflow task not done. */
  P6: (reached) => after('db/step', 'step', reached),
  /** The call or message is out, and nobody has heard of it yet. */
  P7: (reached) => after('db/attempt-result', 'recordAccepted', () => void setTimeout(() => reached(), 50)),
  /** Webhook received, inbox not committed. */
  P8: (reached) => beforeCommit('db/inbox', 'receive', reached),
  /** Inbox committed, signal not sent. */
  P9: (reached) => before('engine/announce', 'announce', (_deps, { signal }) => signal !== null && reached()),
  /** Signalled, and nothing written down of that. */
  P10: (reached) => afterSignal(reached),
  /** Action claimed, CRM not called. */
  P11: (reached) => after('db/execution', 'claimExecution', (_, [, , connection]) => connection !== null && reached()),
  /** CRM accepted, not recorded. */
  P12: (reached) =>
    before('db/execution', 'finishExecution', (_db, _id, _result, connection) => connection !== null && reached()),
};

const asked = process.env['CRASH_AT'];
for (const each of asked ? asked.split(',') : []) {
  const [, point, nth] = /^(P\d+):(\d+)$/.exec(each) ?? [];
  arm(point, Number(nth));
}

function arm(point, nth) {
  const notice = POINTS[point];
  if (notice === undefined || !(nth > 0)) throw new Error(`CRASH_AT names no crash point: ${asked}`);
  let times = 0;
  notice(() => {
    if (++times === nth) die(point);
  });
}

function die(point) {
  writeSync(1, `crash point ${point}\n`);
  process.kill(process.pid, 'SIGKILL');
  // The signal is on its way; not one more line may run.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

/** Puts `wrap(run, args)` around a function that other files call through what its module exports. */
function around(file, name, wrap) {
  const exported = require(join(PROGRAM, file));
  const original = exported[name];
  if (typeof original !== 'function') throw new Error(`${file} has no ${name}: this crash point lies nowhere any more`);
  exported[name] = (...args) => wrap((more = args) => original(...more), args);
}

function before(file, name, look) {
  around(file, name, (run, args) => {
    look(...args);
    return run();
  });
}

function after(file, name, look) {
  around(file, name, async (run, args) => {
    const result = await run();
    look(result, args);
    return result;
  });
}

/** Within the transaction that this function opens, when all of its work is done. */
function beforeCommit(file, name, reached) {
  const within = new AsyncLocalStorage();
  around('db/client', 'inTransaction', (run, [sql, work, ...options]) => {
    if (within.getStore() === undefined) return run();
    const watched = async (tx) => {
      const result = await work(tx);
      reached();
      return result;
    };
    return run([sql, watched, ...options]);
  });
  around(file, name, (run) => within.run(true, run));
}

/** As soon as the last byte of a call, text or mail was handed to the network. */
function whenSent(reached) {
  subscribe('http.client.request.start', ({ request }) => {
    if (request.method === 'POST' && PROVIDER_CREATE.test(request.path)) request.once('finish', reached);
  });
  const { write } = Socket.prototype;
  let tail = '';
  Socket.prototype.write = function (chunk, ...rest) {
    const written = write.call(this, chunk, ...rest);
    tail = (tail + String(chunk)).slice(-END_OF_MAIL.length);
    if (tail === END_OF_MAIL) reached();
    return written;
  };
}

function afterSignal(reached) {
  around('engine/engine', 'createEngine', (run) => {
    const engine = run();
    return {
      ...engine,
      async signal(...told) {
        await engine.signal(...told);
        reached();
      },
    };
  });
}
