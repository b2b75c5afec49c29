import { ApplicationFailure } from '@temporalio/common';
import {
  decodeOptionalFailureToOptionalError,
  encodeErrorToFailure,
  loadDataConverter,
} from '@temporalio/common/lib/internal-non-workflow';
import * as fc from 'fast-check';
import { readConfig } from '../config';
import { dataConverter } from './data-converter';
import { createPayloadCodec, isEncrypted, type Payload } from './payload-codec';

const OLD = { id: '2026b', hex: 'ab'.repeat(32) };
const NEW = { id: '2027a', hex: 'cd'.repeat(32) };

function payload(text: string): Payload {
  return { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(text) };
}

function textOf(found: Payload | undefined): string {
  return Buffer.from(found?.data ?? []).toString('utf8');
}

/** All that somebody sees who has the bytes and no key. */
function seen({ metadata, data }: Payload): string {
  const all = [...Object.values(metadata ?? {}), data ?? Buffer.alloc(0)].map((part) => Buffer.from(part));
  return Buffer.concat(all).toString('latin1');
}

async function sealed(text: string, keys = [OLD]): Promise<Payload> {
  const [found] = await createPayloadCodec(keys).encode([payload(text)]);
  if (found === undefined) throw new Error('nothing was encoded');
  return found;
}

describe('what Temporal keeps (T13, C20)', () => {
  it('comes back as it was, whatever it is', async () => {
    const codec = createPayloadCodec([NEW, OLD]);
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string({ maxLength: 20 }), fc.uint8Array({ maxLength: 40 }), { maxKeys: 4 }),
        fc.uint8Array({ maxLength: 500 }),
        async (metadata, data) => {
          const [back] = await codec.decode(await codec.encode([{ metadata, data }]));
          const bytes = Object.entries(back?.metadata ?? {}).map(([name, value]) => [name, [...value]]);
          expect(bytes).toEqual(Object.entries(metadata).map(([name, value]) => [name, [...value]]));
          expect([...(back?.data ?? [])]).toEqual([...data]);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('shows without a key nothing but the name of the key, and never twice the same', async () => {
    const [one, other] = [await sealed('+12125550123'), await sealed('+12125550123')];
    expect(seen(one)).not.toContain('2125550123');
    expect(seen(one)).not.toContain('json/plain');
    expect(seen(one)).toContain('2026b');
    expect(isEncrypted(one)).toBe(true);
    expect(seen(one)).not.toBe(seen(other));
  });

  it('is encrypted under the first key and read under any: so a key is changed', async () => {
    const before = await sealed('before', [OLD]);
    const codec = createPayloadCodec([NEW, OLD]);
    const after = await codec.encode([payload('after')]);
    expect(seen(after[0] ?? {})).toContain('2027a');
    expect((await codec.decode([before, ...after])).map(textOf)).toEqual(['before', 'after']);
  });

  it('that was never encrypted stays readable, and without keys nothing is encrypted', async () => {
    expect((await createPayloadCodec([NEW]).decode([payload('from before')])).map(textOf)).toEqual(['from before']);
    const [plain] = await createPayloadCodec([]).encode([payload('in clear')]);
    expect([textOf(plain), isEncrypted(plain ?? {})]).toEqual(['in clear', false]);
  });

  it('is refused by name where its key is missing (T29)', async () => {
    const reading = createPayloadCodec([NEW]).decode([await sealed('before', [OLD])]);
    await expect(reading).rejects.toMatchObject({ code: 'unknown_key', message: expect.stringContaining('"2026b"') });
  });

  it('is refused when one bit of it, or the name of its key, was changed', async () => {
    const codec = createPayloadCodec([OLD, { ...OLD, id: 'twin' }]);
    const good = await sealed('before', [OLD]);
    for (let at = 0; at < (good.data?.length ?? 0); at++) {
      const data = Buffer.from(good.data ?? []);
      data.writeUInt8(data.readUInt8(at) ^ 1, at);
      await expect(codec.decode([{ ...good, data }])).rejects.toMatchObject({ code: 'damaged' });
    }
    const metadata = { ...good.metadata, 'encryption-key-id': Buffer.from('twin') };
    await expect(codec.decode([{ ...good, metadata }])).rejects.toMatchObject({ code: 'damaged' });
    await expect(codec.decode([{ ...good, data: Buffer.alloc(3) }])).rejects.toMatchObject({ code: 'damaged' });
  });
});

describe('a failure (T13)', () => {
  it('tells its message and its stack to nobody without the key', async () => {
    const converter = loadDataConverter(dataConverter([NEW]));
    const failure = await encodeErrorToFailure(
      converter,
      ApplicationFailure.create({ message: 'no +12125550123', details: ['Nora'] }),
    );
    const { encodedAttributes, applicationFailureInfo, message, stackTrace } = failure;
    expect([message, stackTrace]).toEqual(['Encoded failure', '']);
    expect(isEncrypted(encodedAttributes ?? {})).toBe(true);
    expect((applicationFailureInfo?.details?.payloads ?? []).map(isEncrypted)).toEqual([true]);
    expect(await decodeOptionalFailureToOptionalError(converter, failure)).toMatchObject({
      message: 'no +12125550123',
      details: ['Nora'],
    });
  });

  it('stays readable where nothing is encrypted', async () => {
    const failure = await encodeErrorToFailure(
      loadDataConverter(dataConverter([])),
      ApplicationFailure.create({ message: 'plain' }),
    );
    expect(failure.message).toBe('plain');
  });
});

describe('PAYLOAD_KEYS', () => {
  const SECRET = 'a-secret-of-at-least-thirty-two-characters';
  const read = (text: string) =>
    readConfig({
      DATABASE_URL: 'postgres://127.0.0.1/x',
      SECRET_KEY: SECRET,
      ADDRESS_KEY: SECRET,
      PAYLOAD_KEYS: text,
    }).PAYLOAD_KEYS;

  it('is a list of names with keys, the one to encrypt under in front', () => {
    expect(read(`2027a:${NEW.hex}, 2026b:${OLD.hex}`)).toEqual([NEW, OLD]);
    expect(read('')).toEqual([]);
  });

  it.each([
    ['no name', NEW.hex],
    ['a short key', `2027a:${NEW.hex.slice(2)}`],
    ['a name twice', `2027a:${NEW.hex},2027a:${OLD.hex}`],
    ['a comma too many', `2027a:${NEW.hex},`],
  ])('is refused with %s, and no key is shown', (_, text) => {
    expect(() => read(text)).toThrow(/PAYLOAD_KEYS: must be pairs/);
    expect(() => read(text)).not.toThrow(/(ab|cd){4}/);
  });
});
