import * as http from 'node:http';
import * as https from 'node:https';
import type { Duplex } from 'node:stream';
import { judgeSilence, refuseBeforeSending } from './provider-errors';
import type { NotSent, Unknown } from './provider';

interface WireLimits {
  /** Epoch milliseconds after which not one byte may leave any more. */
  readonly leaveByMs: number;
  readonly connectTimeoutMs: number;
  readonly now: () => number;
}

type Given = (error: Error | null, socket: Duplex) => void;

/**
 * The agents of one exchange. A request gets its connection only when that is open and it isn't too late: so whatever fails
 * before, in name resolution, TCP or TLS, proves that nothing left the machine, without a list of error codes.
 *
 * Connections are never reused: on one that the server has just closed, a request would fail after its bytes left, and what
 * can't be asked twice would be unknown for no good reason.
 */
export class Wire {
  readonly httpAgent: http.Agent;
  readonly httpsAgent: https.Agent;
  private left = false;
  private late = false;

  constructor(private readonly limits: WireLimits) {
    this.httpAgent = new PlainAgent(this);
    this.httpsAgent = new TlsAgent(this);
  }

  /** From here on a request may have written something. */
  get bytesLeft(): boolean {
    return this.left;
  }

  /** What an exchange that broke off says about the request. */
  judge(error: unknown): NotSent | Unknown {
    return this.late && !this.left ? refuseBeforeSending('retry', 'too_late') : judgeSilence(this.left, error);
  }

  /** Throws when it is too late; also asked before connecting, to spare the provider a connection. */
  checkTime(): void {
    if (this.isLate()) throw tooLate();
  }

  giveWhenOpen(socket: Duplex, openEvent: 'connect' | 'secureConnect', give: Given): void {
    const fail = (error: Error): void => {
      stopWaiting();
      socket.on('error', () => undefined).destroy();
      give(error, socket);
    };
    const onOpen = (): void => {
      if (this.isLate()) {
        fail(tooLate());
        return;
      }
      stopWaiting();
      this.left = true;
      give(null, socket);
    };
    const onClose = (): void => fail(withCode('the connection was closed before it was open', 'ECONNRESET'));
    const timer = setTimeout(
      () => fail(withCode('connecting took too long', 'ETIMEDOUT')),
      this.limits.connectTimeoutMs,
    );
    const stopWaiting = (): void => {
      clearTimeout(timer);
      socket.off(openEvent, onOpen).off('error', fail).off('close', onClose);
    };
    socket.once(openEvent, onOpen).once('error', fail).once('close', onClose);
  }

  private isLate(): boolean {
    this.late ||= this.limits.now() > this.limits.leaveByMs;
    return this.late;
  }
}

class PlainAgent extends http.Agent {
  constructor(private readonly wire: Wire) {
    super({ keepAlive: false });
  }

  override createConnection(options: http.ClientRequestArgs, give?: Given): Duplex | null | undefined {
    const socket = super.createConnection(options);
    if (socket == null || give === undefined) return socket;
    this.wire.giveWhenOpen(socket, 'connect', give);
    return undefined;
  }
}

class TlsAgent extends https.Agent {
  constructor(private readonly wire: Wire) {
    super({ keepAlive: false });
  }

  override createConnection(options: https.RequestOptions, give?: Given): Duplex | null | undefined {
    const socket = super.createConnection(options);
    if (socket == null || give === undefined) return socket;
    this.wire.giveWhenOpen(socket, 'secureConnect', give);
    return undefined;
  }
}

function tooLate(): Error {
  return new Error('it is too late to send');
}

function withCode(message: string, code: string): Error {
  return Object.assign(new Error(message), { code });
}
