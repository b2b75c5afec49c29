import twilio from 'twilio';
import { parseTwiml, TwimlError } from './twiml';

describe('TwiML', () => {
  it('of the SDK is read as it was meant', () => {
    const response = new twilio.twiml.VoiceResponse();
    const gather = response.gather({ input: ['speech', 'dtmf'], action: '/turn?a=1&t=2', numDigits: 1 });
    gather.say({ language: 'en-US' }, 'Hello Ann & Ben <3, "press" 9');
    response.redirect({ method: 'POST' }, '/again');
    response.hangup();
    const { children } = parseTwiml(response.toString());
    expect(children.map(({ name }) => name)).toEqual(['Gather', 'Redirect', 'Hangup']);
    expect(children[0]).toMatchObject({
      attributes: { input: 'speech dtmf', action: '/turn?a=1&t=2', numDigits: '1' },
      children: [{ name: 'Say', text: 'Hello Ann & Ben <3, "press" 9', attributes: { language: 'en-US' } }],
    });
    expect(children[1]).toMatchObject({ text: '/again', attributes: { method: 'POST' } });
  });

  it('may hold comments, CDATA, entities by number and single quotes', () => {
    const { children } = parseTwiml(`<?xml version="1.0" encoding="UTF-8"?>
      <!-- greeting --><Response><Say voice='a "b"'>caf&#233; &#x1F600; <![CDATA[a < b & c]]></Say><Hangup /></Response>`);
    expect(children).toMatchObject([
      { text: 'café 😀 a < b & c', attributes: { voice: 'a "b"' } },
      { name: 'Hangup', text: '' },
    ]);
  });

  it('may be empty', () => {
    expect(parseTwiml('<Response/>').children).toEqual([]);
    expect(parseTwiml('<Response></Response>').children).toEqual([]);
  });

  it.each([
    ['nothing', ''],
    ['text', 'OK'],
    ['JSON', '{"ok":true}'],
    ['another root', '<html></html>'],
    ['two roots', '<Response/><Response/>'],
    ['text behind the root', '<Response/>bye'],
    ['an element that is not closed', '<Response><Say>Hi</Response>'],
    ['elements closed in the wrong order', '<Response><Gather><Say></Gather></Say></Response>'],
    ['a closing tag too many', '</Response>'],
    ['a bare ampersand', '<Response><Say>Ann & Ben</Say></Response>'],
    ['an unknown entity', '<Response><Say>&nbsp;</Say></Response>'],
    ['an entity outside of Unicode', '<Response><Say>&#x110000;</Say></Response>'],
    ['an attribute without quotes', '<Response><Gather numDigits=1/></Response>'],
    ['an attribute twice', '<Response><Gather action="/a" action="/b"/></Response>'],
    ['a document type', '<!DOCTYPE html><Response/>'],
  ])('that is %s is refused', (_what, xml) => {
    expect(() => parseTwiml(xml)).toThrow(TwimlError);
  });
});
