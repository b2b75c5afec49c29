import twilio from 'twilio';
import RequestClient from 'twilio/lib/base/RequestClient';
import type Response from 'twilio/lib/http/response';
import type {
  CallRequest,
  ListedResource,
  NotSent,
  ProviderBooks,
  ProviderRecords,
  SendResult,
  SmsProvider,
  SmsRequest,
  Unknown,
  VoiceProvider,
} from './provider';
import { judgeAnswer, ProviderError, readRetryAfter, type HttpRefusal } from './provider-errors';
import { foundCall, foundMessage, listedCall, listedText, since } from './twilio-resources';
import { Wire } from './wire';

interface TwilioOptions {
  readonly accountSid: string;
  readonly authToken: string;
  /** Where the stand-in listens; left out for the provider itself. */
  readonly baseUrl?: string;
  /** From the first look at the network to the last byte of the answer. */
  readonly httpTimeoutMs?: number;
  /** Real time, epoch milliseconds. */
  readonly now?: () => number;
}

const HTTP_TIMEOUT_MS = 10_000;
/** What proves something: that it was placed, should the answer to our request be lost, and its end. Who picks up is told by the fetch of what to say. */
const CALL_EVENTS = ['initiated', 'completed'];
const MOST_RING_SECONDS = 600;
const MOST_VALIDITY_SECONDS = 36_000;
/** One attempt at a time may be unresolved between two numbers, so what is looked for is among the newest. */
const MOST_FOUND = 50;
const LISTED_AT_ONCE = 1_000;
const LONGEST_SID = 64;
/** The call has ended, or somebody has answered it. */
const NOT_CANCELLABLE_CODE = 21220;

/** Twilio's voice and texts by its own SDK. Nothing is ever asked twice from here: a create is not idempotent. */
export function createTwilio(options: TwilioOptions): VoiceProvider & SmsProvider & ProviderRecords & ProviderBooks {
  // The SDK looks at the account's id only when a client is made: a wrong one must show at the start, not in the first attempt.
  twilio(options.accountSid, options.authToken);
  const exchange = async <T>(leaveByMs: number, use: (client: Client) => Promise<T>): Promise<Answer<T>> => {
    const requests = new OneExchange(options, leaveByMs);
    const client = twilio(options.accountSid, options.authToken, { httpClient: requests });
    try {
      return { ok: true, value: await use(client) };
    } catch (error) {
      return { ok: false, failure: requests.judge(error), refusal: requests.refusal };
    }
  };

  const create = async (
    leaveByMs: number,
    use: (client: Client) => Promise<{ readonly sid: unknown }>,
  ): Promise<SendResult> => {
    const answer = await exchange(leaveByMs, use);
    if (!answer.ok) return answer.failure;
    const { sid } = answer.value;
    if (typeof sid === 'string' && sid !== '' && sid.length <= LONGEST_SID) return { kind: 'accepted', sid };
    return { kind: 'unknown', reason: 'not_understood' };
  };

  const read = <T>(use: (client: Client) => Promise<T>) => exchange(Number.POSITIVE_INFINITY, use);

  return {
    placeCall: (request) => create(request.postByMs, (client) => client.calls.create(callParameters(request))),
    sendSms: (request) => create(request.postByMs, (client) => client.messages.create(smsParameters(request))),
    async findCalls({ from, to, sinceMs }) {
      // Without Twilio's own date filter: it knows days only, and a queued call has no start yet.
      const calls = valueOf(await read((client) => client.calls.list({ from, to, limit: MOST_FOUND })));
      return since(sinceMs, calls.map(foundCall));
    },
    async findSms({ from, to, sinceMs }) {
      const messages = valueOf(await read((client) => client.messages.list({ from, to, limit: MOST_FOUND })));
      return since(sinceMs, messages.map(foundMessage));
    },
    listCalls: (sinceMs) =>
      listSince(sinceMs, listedCall, (url) =>
        read(({ calls }) => (url === null ? calls.page({ pageSize: LISTED_AT_ONCE }) : calls.getPage(url))),
      ),
    listTexts: (sinceMs) =>
      listSince(sinceMs, listedText, (url) =>
        read(({ messages }) => (url === null ? messages.page({ pageSize: LISTED_AT_ONCE }) : messages.getPage(url))),
      ),
    async getCall(sid) {
      const call = valueOrNull(await read((client) => client.calls(sid).fetch()));
      return call === null ? null : foundCall(call);
    },
    async getSms(sid) {
      const message = valueOrNull(await read((client) => client.messages(sid).fetch()));
      return message === null ? null : foundMessage(message);
    },
    async cancelCall(sid) {
      const answer = await read((client) => client.calls(sid).update({ status: 'canceled' }));
      if (answer.ok || isGone(answer) || answer.refusal?.code === NOT_CANCELLABLE_CODE) return;
      throw errorOf(answer);
    },
    async deleteCall(sid) {
      // Recordings outlive their call, and are found by it alone.
      const recordings = valueOrNull(await read((client) => client.calls(sid).recordings.list())) ?? [];
      for (const recording of recordings)
        valueOrNull(await read((client) => client.recordings(recording.sid).remove()));
      valueOrNull(await read((client) => client.calls(sid).remove()));
      return { recordings: recordings.length };
    },
    async deleteSms(sid) {
      valueOrNull(await read((client) => client.messages(sid).remove()));
    },
  };
}

type Client = ReturnType<typeof twilio>;

interface Failed {
  readonly ok: false;
  readonly failure: NotSent | Unknown;
  readonly refusal: HttpRefusal | null;
}

type Answer<T> = { readonly ok: true; readonly value: T } | Failed;

/** The SDK's HTTP client for one exchange: it keeps what the SDK's errors drop and shows them to nobody, for they quote the request. */
class OneExchange extends RequestClient {
  refusal: HttpRefusal | null = null;
  private answered = false;
  private readonly wire: Wire;

  constructor(
    private readonly options: TwilioOptions,
    leaveByMs: number,
  ) {
    const timeoutMs = options.httpTimeoutMs ?? HTTP_TIMEOUT_MS;
    super({ timeout: timeoutMs, keepAlive: false, autoRetry: false });
    this.wire = new Wire({ leaveByMs, connectTimeoutMs: timeoutMs, now: this.now });
    this.axios.defaults.httpAgent = this.wire.httpAgent;
    this.axios.defaults.httpsAgent = this.wire.httpsAgent;
    // The SDK's timeout ends with the headers of the answer; a body that trickles in has to end as well.
    this.axios.defaults.signal = AbortSignal.timeout(timeoutMs);
  }

  override async request<T>(request: RequestClient.RequestOptions<T>): Promise<Response<T>> {
    this.wire.checkTime();
    const response = await super.request({ ...request, uri: this.locate(request.uri), allowRedirects: false });
    this.answered = true;
    const { statusCode, body, headers } = response;
    if (statusCode < 200 || statusCode >= 300)
      this.refusal = {
        status: statusCode,
        code: codeIn(body),
        retryAfterMs: readRetryAfter(headers?.['retry-after'], this.now()),
      };
    return response;
  }

  judge(error: unknown): NotSent | Unknown {
    if (this.refusal !== null) return judgeAnswer(this.refusal);
    return this.answered ? { kind: 'unknown', reason: 'not_understood' } : this.wire.judge(error);
  }

  private readonly now = (): number => (this.options.now ?? Date.now)();

  private locate(uri: string): string {
    const { baseUrl } = this.options;
    if (baseUrl === undefined) return uri;
    const { pathname, search } = new URL(uri);
    return baseUrl.replace(/\/+$/, '') + pathname + search;
  }
}

function callParameters(request: CallRequest) {
  return {
    to: request.to,
    from: request.from,
    url: request.answerUrl,
    method: 'POST',
    statusCallback: request.statusUrl,
    statusCallbackEvent: CALL_EVENTS,
    statusCallbackMethod: 'POST',
    timeout: clamp(request.ringSeconds, 1, MOST_RING_SECONDS),
    // Beside the call: a person must not wait in silence until the detection has made up its mind.
    machineDetection: request.leavesMessage ? 'DetectMessageEnd' : 'Enable',
    asyncAmd: 'true',
    asyncAmdStatusCallback: request.machineUrl,
    asyncAmdStatusCallbackMethod: 'POST',
  };
}

function smsParameters(request: SmsRequest) {
  return {
    to: request.to,
    from: request.from,
    body: request.text,
    ...(request.statusUrl === null ? {} : { statusCallback: request.statusUrl }),
    validityPeriod: clamp(request.validitySeconds, 1, MOST_VALIDITY_SECONDS),
  };
}

interface BookPage<T> {
  readonly instances: T[];
  readonly nextPageUrl?: string | undefined;
}

/** Without Twilio's date filters, as every look-up here: page by page, newest first, as far back as is asked for. */
async function listSince<T>(
  sinceMs: number,
  listed: (resource: T) => ListedResource,
  ask: (url: string | null) => Promise<Answer<BookPage<T>>>,
): Promise<readonly ListedResource[]> {
  const found: ListedResource[] = [];
  for (let url: string | null | undefined = null; url !== undefined; ) {
    const page: BookPage<T> = valueOf(await ask(url));
    const recent = since(sinceMs, page.instances.map(listed));
    found.push(...recent);
    url = recent.length < page.instances.length ? undefined : page.nextPageUrl;
  }
  return found.reverse();
}

function valueOf<T>(answer: Answer<T>): T {
  if (answer.ok) return answer.value;
  throw errorOf(answer);
}

function valueOrNull<T>(answer: Answer<T>): T | null {
  return !answer.ok && isGone(answer) ? null : valueOf(answer);
}

function isGone({ refusal }: Failed): boolean {
  return refusal?.status === 404;
}

function errorOf({ failure }: Failed): ProviderError {
  return new ProviderError(failure.reason, failure.code);
}

function codeIn(body: unknown): number | null {
  return typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'number'
    ? body.code
    : null;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(Math.floor(value), least), most);
}
