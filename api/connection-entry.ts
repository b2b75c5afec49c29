import * as z from 'zod';
import type { ConnectionChange, ConnectionRow } from '../db/connection';
import {
  BasicCredentialsSchema,
  ClientCredentialsSchema,
  credentialsSchemaOf,
  HeaderCredentialsSchema,
  type HttpCrmSettings,
  HttpCrmSettingsSchema,
  LawRulerCredentialsSchema,
  LawRulerSettingsSchema,
  RefreshCredentialsSchema,
} from '../domain/crm-connection';
import { SmartAdvocateCredentialsSchema, SmartAdvocateSettingsSchema } from '../domain/smartadvocate-connection';
import { ApiError, type Fault } from './errors';
import { faultsOf } from './faults';
import { storable, text } from './text';

/** How connections come in. What is wrong with credentials is told without quoting them. */

const common = { name: text(80).min(1), isDefault: z.boolean().default(false) };

export const NewConnectionSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('http'),
    ...common,
    settings: storable(HttpCrmSettingsSchema),
    credentials: z.union([
      HeaderCredentialsSchema,
      BasicCredentialsSchema,
      ClientCredentialsSchema,
      RefreshCredentialsSchema,
    ]),
  }),
  z.strictObject({
    kind: z.literal('lawruler'),
    ...common,
    settings: storable(LawRulerSettingsSchema),
    credentials: LawRulerCredentialsSchema,
  }),
  z.strictObject({
    kind: z.literal('smartadvocate'),
    ...common,
    settings: storable(SmartAdvocateSettingsSchema),
    credentials: SmartAdvocateCredentialsSchema,
  }),
]);

const SETTINGS = {
  http: HttpCrmSettingsSchema,
  lawruler: LawRulerSettingsSchema,
  smartadvocate: SmartAdvocateSettingsSchema,
} as const;
const CREDENTIALS = { lawruler: LawRulerCredentialsSchema, smartadvocate: SmartAdvocateCredentialsSchema } as const;

type GivenChange = Omit<ConnectionChange, 'revision'>;

/** The change with its settings and credentials read as those of this connection. */
export function changedConnection(
  { kind, settings: before }: ConnectionRow,
  change: GivenChange,
  simulated: boolean,
): GivenChange {
  const schema: z.ZodType<object> = SETTINGS[kind];
  const settings = change.settings === undefined ? undefined : accept(storable(schema), change.settings, 'settings');
  if (settings !== undefined) requireHttps(settings, simulated);
  if (kind !== 'http') {
    const { credentials } = change;
    if (credentials === undefined) return { ...change, settings };
    const fitting: z.ZodType<object> = CREDENTIALS[kind];
    return { ...change, settings, credentials: accept(fitting, credentials, 'credentials') };
  }
  const { auth } = HttpCrmSettingsSchema.parse(settings ?? before);
  if (change.credentials !== undefined)
    return { ...change, settings, credentials: accept(credentialsSchemaOf(auth), change.credentials, 'credentials') };
  if (
    settings !== undefined &&
    credentialsSchemaOf(auth) !== credentialsSchemaOf(HttpCrmSettingsSchema.parse(before).auth)
  )
    throw refused([{ pointer: '#/credentials', detail: 'must be given when settings.auth asks for others' }]);
  return { ...change, settings };
}

/** Credentials must be those that `settings.auth` asks for. */
export function requireFitting({ auth }: HttpCrmSettings, credentials: unknown): void {
  accept(credentialsSchemaOf(auth), credentials, 'credentials');
}

/** Credentials and people's cases go over the wire. */
export function requireHttps(settings: object, simulated: boolean): void {
  if (simulated) return;
  const { baseUrl, endpoint, auth } = AddressesSchema.parse(settings);
  const addresses = [
    ['baseUrl', baseUrl],
    ['endpoint', endpoint],
    ['auth/tokenUrl', auth?.tokenUrl],
  ] as const;
  const faults = addresses.flatMap(([field, value]): Fault[] =>
    value === undefined || value.startsWith('https:')
      ? []
      : [{ pointer: `#/settings/${field}`, detail: 'must be an https address', value }],
  );
  if (faults.length > 0) throw refused(faults);
}

const AddressesSchema = z.object({
  baseUrl: z.string().optional(),
  endpoint: z.string().optional(),
  auth: z.object({ tokenUrl: z.string().optional() }).optional(),
});

function accept<S extends z.ZodType>(schema: S, value: unknown, field: 'settings' | 'credentials'): z.output<S> {
  const parsed = schema.safeParse(value, { reportInput: field === 'settings' });
  if (parsed.success) return parsed.data;
  throw refused(
    faultsOf(parsed.error).map((fault) => ({ ...fault, pointer: fault.pointer.replace('#', `#/${field}`) })),
  );
}

function refused(faults: readonly Fault[]): ApiError {
  const named = faults.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; ');
  return new ApiError('invalid_body', named, faults);
}
