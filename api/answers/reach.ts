import * as z from 'zod';
import { ChannelSchema } from '../../domain/channel';
import { REACH_PROBLEMS, tellProblems } from '../../domain/reach-problem';
import { CONTACT_NAME_EXAMPLE, ContactNameAnswer, Count, pageOfAnswers } from './fields';

const ProblemAnswer = z
  .object({
    problem: z.enum(REACH_PROBLEMS),
    sentence: z.string(),
    bars: z.array(ChannelSchema).describe('Channels on which the person is not reached at all because of it.'),
  })
  .meta({ id: 'ReachProblem', description: 'Why somebody can not be reached, or only within limits.' });

const reach = {
  problems: z.array(ProblemAnswer),
  channels: z.array(ChannelSchema).describe('Channels that are left.'),
};

export const ContactReachAnswer = z.object(reach).meta({ id: 'ContactReach' });

export const HardToReachPageAnswer = pageOfAnswers(
  'HardToReach',
  z.object({ contact: ContactNameAnswer, ...reach }).meta({ id: 'HardToReach' }),
);

export const ProblemCountsAnswer = z
  .object({
    contacts: Count.describe('People of the list.'),
    free: Count.describe('People without any of the problems.'),
    problems: z.record(z.enum(REACH_PROBLEMS), Count).describe('People whom each problem concerns.'),
  })
  .meta({ id: 'ProblemCounts' });

export const REACH_EXAMPLE = { problems: tellProblems(['unknown_place', 'no_email']), channels: ['voice', 'sms'] };

export const HARD_TO_REACH_EXAMPLE = { contact: CONTACT_NAME_EXAMPLE, ...REACH_EXAMPLE };

export const PROBLEM_COUNTS_EXAMPLE = {
  contacts: 3,
  free: 2,
  problems: Object.fromEntries(
    REACH_PROBLEMS.map((problem) => [problem, problem === 'unknown_place' || problem === 'no_email' ? 1 : 0]),
  ),
};
