import { say } from './messages';

/** They do nothing: no database, no provider. What is left is what the engine costs. */
export const activities = {
  async gate(id: string): Promise<void> {
    say({ is: 'waits for a grant', id });
  },
  async dial(id: string): Promise<void> {
    say({ is: 'dialed', id });
  },
  async setStatus(id: string): Promise<void> {
    say({ is: 'acted', id });
  },
  async postNote(id: string): Promise<void> {
    say({ is: 'acted', id });
  },
};

export type BareActivities = typeof activities;
