import { mount, type VueWrapper } from '@vue/test-utils';
import { afterEach, describe, expect, it } from 'vitest';
import DataTable from '../../../src-renderer/ui/DataTable.vue';
import type { Column } from '../../../src-renderer/ui/table.ts';
import { axeFindings } from '../axe.ts';

interface Row {
  id: string;
  n: number;
}
const rows = (count: number): Row[] =>
  Array.from({ length: count }, (_, n) => ({ id: `r${n}`, n: count - n }));
const COLUMNS: Column<Row>[] = [
  { id: 'id', title: 'Name', width: '1fr', text: (row) => row.id },
  {
    id: 'n',
    title: 'Count',
    width: '80px',
    align: 'right',
    text: (row) => String(row.n),
    compare: (a, b) => a.n - b.n,
  },
];

let wrapper: VueWrapper | undefined;
afterEach(() => wrapper?.unmount());

function table(count: number): VueWrapper {
  wrapper = mount(DataTable<Row>, {
    props: {
      rows: rows(count),
      columns: COLUMNS,
      rowKey: (row: Row) => row.id,
      label: 'Things',
      selected: 'r0',
    },
    attachTo: document.body,
  });
  return wrapper;
}
const lastSelected = (): unknown => wrapper?.emitted('update:selected')?.at(-1)?.[0];

describe('data table', () => {
  it('moves the selection by keys and stops at the ends', async () => {
    const grid = table(4).get('[role="grid"]');
    await grid.trigger('keydown', { key: 'j' });
    expect(lastSelected()).toBe('r1');
    await grid.trigger('keydown', { key: 'End' });
    expect(lastSelected()).toBe('r3');
    await grid.trigger('keydown', { key: 'ArrowDown' });
    expect(lastSelected()).toBe('r3');
    await grid.trigger('keydown', { key: 'Home' });
    await grid.trigger('keydown', { key: 'k' });
    expect(lastSelected()).toBe('r0');
  });

  it('opens the selected row with Enter and the clicked one with two clicks', async () => {
    const view = table(3);
    await view.get('[role="grid"]').trigger('keydown', { key: 'Enter' });
    await view.findAll('[data-index]')[2]?.trigger('dblclick');
    expect(view.emitted('open')?.map(([row]) => row)).toEqual([
      { id: 'r0', n: 3 },
      { id: 'r2', n: 1 },
    ]);
  });

  it('sorts by a column, numbers largest first, and says so', async () => {
    const view = table(3);
    await view.get('button').trigger('click');
    expect(view.findAll('[data-index]').map((row) => row.text())).toEqual(['r03', 'r12', 'r21']);
    expect(view.findAll('[role="columnheader"]')[1]?.attributes('aria-sort')).toBe('descending');
    await view.get('button').trigger('click');
    expect(view.findAll('[data-index]').map((row) => row.text())).toEqual(['r21', 'r12', 'r03']);
  });

  it('keeps only rows in sight in the page when there are many, and counts all', () => {
    const view = table(5000);
    expect(view.findAll('[data-index]').length).toBeLessThan(100);
    expect(view.get('[role="grid"]').attributes('aria-rowcount')).toBe('5001');
  });

  it('has no serious finding of axe', async () => {
    expect(await axeFindings(table(4).element)).toEqual([]);
  });
});
