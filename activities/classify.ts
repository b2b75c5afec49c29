import type { Sql } from '../db/client';
import { getReplyToClassify, type Execution } from '../db/execution';
import { receive } from '../db/inbox';
import { parseCallbackTime } from '../domain/callback-time';
import type { ReplyClassifier } from '../domain/reply-classifier';

/** Reads a reply and tells the result as a second fact; answers the bucket. A repeated run finds its fact already told. */
export async function classifyReplyOf(
  { sql, classifier }: { sql: Sql; classifier: ReplyClassifier },
  { factId, enrollmentId }: Execution,
): Promise<string> {
  const reply = await getReplyToClassify(sql, factId);
  if (reply === null) return 'unread';
  const { bucket, callbackText } = await classifier.classify(reply.text, reply.phrases);
  const callbackAt =
    bucket === 'callback_requested' ? parseCallbackTime(callbackText ?? reply.text, reply.now, reply.zone) : null;
  await receive(sql, {
    source: 'classifier',
    eventKey: `classified:${factId}`,
    raw: { bucket },
    actor: 'classifier',
    fact: {
      enrollmentId,
      ...(reply.attemptId === null ? {} : { attemptId: reply.attemptId }),
      body: { kind: 'reply_classified', bucket, replyFactId: factId, ...(callbackAt === null ? {} : { callbackAt }) },
    },
  });
  return bucket;
}
