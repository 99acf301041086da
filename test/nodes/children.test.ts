import { describe, expect, it } from 'vitest';
import { Children, newChildren } from '#src/nodes/hierarchy/children.js';

/** The root of servers a and b, of which each is the standby of the other. */
function root(): Children {
  return new Children(newChildren(['a', 'b']), 'servers', () => false);
}

// In a live world each process hears of a failover when its message comes, and a report may come between.
describe('a server that hears that a child is done', () => {
  it('does not believe a server back from a loss before it has heard of that itself', () => {
    const children = root();
    children.standsIn('b', 'a', true);
    children.leave('a');
    // The link is restored, and a has heard that its children are back and done.
    expect(children.isUpToDate('a')).toBe(false);
    children.reopen('a');
    children.standsIn('b', 'a', false);
    children.join('a');
    // It says so again, as its report was not acknowledged.
    expect(children.isUpToDate('a')).toBe(true);
  });

  it('does not believe a standby that has heard of a loss before it, or has not yet', () => {
    const children = root();
    expect(children.isUpToDate('b', ['a'])).toBe(false);
    children.reopen('b');
    children.standsIn('b', 'a', true);
    expect(children.isUpToDate('b')).toBe(false);
    expect(children.isUpToDate('b', ['a'])).toBe(true);
    children.standsIn('b', 'a', false);
    expect(children.isUpToDate('b', ['a'])).toBe(false);
  });
});
