import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callableAttack } from 'edgemlsim/attacks';
import scaled from '../attacks/scaled.js';

test('each Byzantine sender sends its own vector times the factor', () => {
  const forged = callableAttack(scaled)({ factor: -2 })([
    [1, -3],
    [0, 5],
  ]);
  assert.deepEqual(
    forged.map((vector) => [...vector]),
    [
      [-2, 6],
      [-0, -10],
    ],
  );
});

test('a factor above zero is refused: it would not change the direction', () => {
  assert.throws(() => callableAttack(scaled)({ factor: 2 }), /factor/);
});
