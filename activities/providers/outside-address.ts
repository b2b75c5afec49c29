import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/**
 * Addresses that somebody typed in lead where they want, so what may be reached is decided when the name has been
 * resolved, and the connection goes to just that address: nobody can change the name's mind in between.
 */

/**
 * `outside` = public addresses by https alone; `simulated` = this machine alone, so that a simulation reaches nobody.
 * `hosts` = public ones and, by https as well, those inside that whoever runs this has named: `crm.lan`, `10.0.0.7:8443`.
 */
export type Reach = 'outside' | 'simulated' | { readonly hosts: ReadonlySet<string> };

export class BarredAddress extends Error {
  override readonly name = 'BarredAddress';
  readonly code = 'EBARRED';
  constructor() {
    super('the address is none that may be reached');
  }
}

const LOOPBACK = listOf(['127.0.0.0/8', '::1/128']);

/** Everything that is no public host: IANA's special registries, and IPv4 in the ways in which IPv6 can spell it. */
const SPECIAL = listOf([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
  '2620:4f:8000::/48',
]);
/** Nobody's CRM stands there, whoever names it: where clouds hand out credentials, and what is no single host. */
const NEVER = listOf([
  '0.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  'fe80::/10',
  'ff00::/8',
  'fd00:ec2::/32',
]);
/** Global unicast; nothing else of IPv6 is a public host. */
const PUBLIC_V6 = listOf(['2000::/3']);

/** May a request go to this URL, as far as it can be told before its name is resolved? */
export function isReachable({ protocol, host, hostname, username, password }: URL, reach: Reach): boolean {
  if (username !== '' || password !== '') return false;
  if (protocol !== 'https:' && !(protocol === 'http:' && reach === 'simulated')) return false;
  const literal = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(literal) === 0) return true;
  return isPermitted(literal, reach, isNamed(reach, host));
}

/** `isInside`: whoever runs this has named the host. */
export function isPermitted(address: string, reach: Reach, isInside = false): boolean {
  const version = isIP(address);
  if (version === 0) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  if (reach === 'simulated') return LOOPBACK.check(address, family);
  if (isInside) return !NEVER.check(address, family);
  return !SPECIAL.check(address, family) && (version === 4 || PUBLIC_V6.check(address, 'ipv6'));
}

function isNamed(reach: Reach, host: string): boolean {
  return typeof reach === 'object' && reach.hosts.has(host.toLowerCase());
}

/** Resolves the name of the URL's host, and refuses it when only one of its addresses is barred. */
export function guardedLookup(
  reach: Reach,
  { host }: Pick<URL, 'host'>,
  resolve: typeof lookup = lookup,
): LookupFunction {
  const isInside = isNamed(reach, host);
  return (hostname, options, answer) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return answer(error, []);
      const [first] = addresses;
      if (first === undefined || !addresses.every(({ address }) => isPermitted(address, reach, isInside)))
        return answer(new BarredAddress(), []);
      if (options.all === true) return answer(null, addresses);
      return answer(null, first.address, first.family);
    });
  };
}

function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', bits = ''] = range.split('/');
    list.addSubnet(network, Number(bits), network.includes(':') ? 'ipv6' : 'ipv4');
  }
  return list;
}
