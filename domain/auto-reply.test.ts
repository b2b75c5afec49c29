import { isAutoReply } from './auto-reply';

describe('a mail', () => {
  it.each<Record<string, string>>([
    { 'Auto-Submitted': 'auto-replied' },
    { 'auto-submitted': ' Auto-Generated; owner="firm"' },
    { 'X-Autoreply': 'yes' },
    { 'X-Autorespond': 'Out of office' },
    { Precedence: 'auto_reply' },
    { Precedence: 'Bulk' },
    { 'List-Id': '<news.example.com>' },
    { 'Return-Path': '<>' },
    { 'Content-Type': 'multipart/report; report-type=delivery-status' },
    { From: 'ben@example.com', 'AUTO-SUBMITTED': 'auto-notified' },
  ])('with %j is from a program', (headers) => {
    expect(isAutoReply(headers)).toBe(true);
  });

  it.each<Record<string, string>>([
    {},
    { From: 'ben@example.com', 'Content-Type': 'multipart/alternative' },
    { 'Auto-Submitted': 'no' },
    { 'Auto-Submitted': 'No (a person)' },
    { 'X-Autoreply': 'no' },
    { Precedence: 'normal' },
    { 'Return-Path': '<ben@example.com>' },
    { constructor: 'x' },
  ])('with %j is from a person', (headers) => {
    expect(isAutoReply(headers)).toBe(false);
  });
});
