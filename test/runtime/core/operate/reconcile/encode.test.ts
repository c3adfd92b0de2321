import * as fc from 'fast-check';
import { encodeKey } from '../../../../../runtime/core/operate/reconcile/encode';

test("writes keys as the examples of the user guide do", () => {
  expect(encodeKey('object key with spaces')).toBe('object%20key%20with%20spaces');
  expect(encodeKey('photos/jpgs/newjersey/objectkey5')).toBe('photos/jpgs/newjersey/objectkey5');
});

test('leaves nothing that ends a line or a cell, or that a spreadsheet takes for a formula', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (key) => {
      expect(encodeKey(key)).toMatch(/^[\w.~/%-]*$/);
      expect(decodeURIComponent(encodeKey(key))).toBe(key);
    }),
  );
});

test('survives half of a character', () => {
  expect(encodeKey('a\ud83d')).toBe('a%EF%BF%BD');
});
