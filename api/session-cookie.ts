import type { Request } from 'express';
import { LONGEST_SESSION_SECONDS } from '../db/session';
import { ApiError } from './errors';

/** 32 random bytes. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** Where HTTPS is spoken the browser itself sees to it that no other host can set the cookie. */
function cookieName(publicUrl: string): string {
  return isSecure(publicUrl) ? '__Host-followthrough' : 'followthrough';
}

/** The token of the cookie; null = none, or none that we can have given. */
export function sessionTokenOf(request: Request, publicUrl: string): string | null {
  const name = cookieName(publicUrl);
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [key = '', value = ''] = pair.trim().split('=', 2);
    if (key === name && TOKEN.test(value)) return value;
  }
  return null;
}

/** The header that gives the browser its token, or with null takes it away. */
export function sessionCookie(token: string | null, publicUrl: string): string {
  const parts = [
    `${cookieName(publicUrl)}=${token ?? ''}`,
    'Path=/',
    `Max-Age=${token === null ? 0 : LONGEST_SESSION_SECONDS}`,
    'HttpOnly',
    'SameSite=Lax',
  ];
  return [...parts, ...(isSecure(publicUrl) ? ['Secure'] : [])].join('; ');
}

/**
 * A browser sends the cookie whoever made it ask, and says truly who did: only our own pages may change anything.
 * They may have been opened by another name than the public one, as localhost, so the host that was asked counts too.
 * `friend` is the one other origin whose pages may ask this as well.
 */
export function requireOwnOrigin(request: Request, publicUrl: string, friend: string | null = null): void {
  const origin = request.get('origin') ?? '';
  if (origin !== '' && origin === friend) return;
  if (!isOwn(origin, request.get('host') ?? '', new URL(publicUrl)))
    throw new ApiError('foreign_origin', 'with the cookie of a session only pages of this server may change anything');
}

function isOwn(origin: string, host: string, home: URL): boolean {
  if (!URL.canParse(origin)) return false;
  const from = new URL(origin);
  return from.protocol === home.protocol && (from.host === home.host || from.host === host);
}

function isSecure(publicUrl: string): boolean {
  return new URL(publicUrl).protocol === 'https:';
}
