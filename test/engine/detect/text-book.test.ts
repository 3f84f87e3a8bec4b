import { describe, expect, test } from 'vitest';
import { ListedText, TextBook } from '../../../src-main/engine/detect/intrusion/text-book.ts';

describe('the book of texts', () => {
  test('lists a text once a batch, in each batch that has it', () => {
    const book = new TextBook();
    const first = [''];
    book.begin(first);
    expect([book.place('mia'), book.place('sshd'), book.place('mia'), book.place('')]).toEqual([1, 2, 1, 0]);
    expect(first).toEqual(['', 'mia', 'sshd']);
    const second = [''];
    book.begin(second);
    expect([book.place('sshd'), book.place('mia')]).toEqual([1, 2]);
    expect(second).toEqual(['', 'sshd', 'mia']);
  });

  test('lists the text of a rule right, when two books take turns with it', () => {
    const rule = new ListedText('auth.x');
    const [one, two] = [new TextBook(), new TextBook()];
    const lists = [[''], ['', 'before']] as const;
    one.begin([...lists[0]]);
    const other = [...lists[1]];
    two.begin(other);
    expect(one.placeOf(rule)).toBe(1);
    expect(two.placeOf(rule)).toBe(2);
    expect(other).toEqual(['', 'before', 'auth.x']);
    expect(one.placeOf(new ListedText(''))).toBe(0);
  });

  test('lists the same text once, whether it comes as a string or as bytes', () => {
    const book = new TextBook();
    const strings = [''];
    book.begin(strings);
    const bytes = Buffer.from('for mia from noa');
    expect([book.place('mia'), book.placeOfBytes(bytes, 4, 7), book.placeOfBytes(bytes, 13, 16)]).toEqual([
      1, 1, 2,
    ]);
    expect([book.place('noa'), book.placeOfBytes(bytes, 13, 16), strings.length]).toEqual([2, 2, 3]);
    const next = [''];
    book.begin(next);
    expect([book.placeOfBytes(bytes, 13, 16), book.placeOfBytes(bytes, 4, 7)]).toEqual([1, 2]);
    expect(next).toEqual(['', 'noa', 'mia']);
  });

  test('stays right, when more names come than it remembers', () => {
    const book = new TextBook();
    for (let batch = 0; batch < 2; batch += 1) {
      const strings = [''];
      book.begin(strings);
      for (let user = 0; user < 45_000; user += 1)
        expect(strings[book.place(`user${user}`)]).toBe(`user${user}`);
    }
  });

  test.each(['half a pair \ud83d of surrogates', 'a long name 鈴木 😀 of a user', 'x'.repeat(500)])(
    'gives %j back as it is',
    (text) => {
      const book = new TextBook();
      const strings = [''];
      book.begin(strings);
      expect(strings[book.place(text)]).toBe(text);
      expect(strings[book.place(text)]).toBe(text);
    },
  );
});
