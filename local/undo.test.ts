import { Undo } from './undo';

describe('undoing', () => {
  it('takes back the last thing first, and each once', async () => {
    const done: string[] = [];
    const undo = new Undo();
    for (const name of ['PostgreSQL', 'API', 'worker'])
      undo.add(async () => {
        done.push(name);
      });
    await undo.all();
    await undo.all();
    expect(done).toEqual(['worker', 'API', 'PostgreSQL']);
  });

  it('goes on after a step that fails, and tells of the first failure at the end', async () => {
    const done: string[] = [];
    const undo = new Undo();
    undo.add(async () => {
      done.push('PostgreSQL');
    });
    undo.add(() => Promise.reject(new Error('second')));
    undo.add(() => Promise.reject(new Error('first')));
    await expect(undo.all()).rejects.toThrow('first');
    expect(done).toEqual(['PostgreSQL']);
  });
});
