import { defineDataset, randomSource } from 'edgemlsim/datasets';

const random = randomSource(5);

/** Two targets that a linear model can get right: sum and difference of the halves of 8 inputs. */
function draw(items) {
  const rows = Array.from({ length: items }, () =>
    Array.from({ length: 8 }, () => 2 * random.float() - 1),
  );
  const half = (row, from) => row.slice(from, from + 4).reduce((sum, x) => sum + x, 0);
  const targets = rows.map((row) => [half(row, 0) + half(row, 4), half(row, 0) - half(row, 4)]);
  return { items: rows, targets };
}

export default defineDataset({
  name: 'own-numbers',
  summary: 'sums and differences',
  load: () => ({ classes: null, train: draw(240), test: draw(700) }),
});
