import { type Decision, versionOf } from '../domain/decision';
import { explain } from '../domain/explain';

/** A decision as this API tells it. */
export function nextDocument(decision: Decision) {
  const { kind, reasons } = decision;
  const touch = 'touch' in decision && decision.touch !== undefined ? decision.touch : null;
  return {
    decision: kind,
    touch: touch === null ? null : { key: touch.key, channel: touch.channel, version: versionOf(touch) },
    sentence: explain(decision),
    reasons,
    askAt: kind === 'finish' ? null : decision.askAt,
  };
}
