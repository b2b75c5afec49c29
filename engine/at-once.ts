/** Does work a few at a time, in the order in which it came, and takes no more than it can remember. */
export class AtOnce {
  private readonly waiting: (() => Promise<void>)[] = [];
  private underWay = 0;

  constructor(
    private readonly most: number,
    private readonly mostWaiting: number,
  ) {}

  /** Resolves when it is done; false = there was no room, and nothing is done. `work` must not throw. */
  async run(work: () => Promise<void>): Promise<boolean> {
    if (this.waiting.length >= this.mostWaiting) return false;
    await new Promise<void>((resolve) => {
      this.waiting.push(async () => work().finally(resolve));
      if (this.underWay < this.most) void this.workOff();
    });
    return true;
  }

  private async workOff(): Promise<void> {
    this.underWay += 1;
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) await next();
    this.underWay -= 1;
  }
}
