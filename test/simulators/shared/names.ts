/** Names that break careless code: marks, quotes, right-to-left, decomposed letters, mononyms, markup, 60 characters and more. */
const NASTY: readonly (readonly [given: string, family: string])[] = [
  ['Siobhán', 'O’Connell'],
  ["D'Arcy", "O'Neil-Reyes"],
  ['Łucja', 'Świątek'],
  ['Jürgen', 'Groß'],
  ['Ame\u0301lie', 'Lefe\u0300vre'],
  ['محمد', 'الخطيب'],
  ['רות', 'אברהמי'],
  ['美咲', '佐藤'],
  ['Suharto', '\u200b'],
  ['\u200b', 'Prince'],
  ['می\u200cترا', 'نژاد'],
  ['Maria do Carmo Antónia Josefa Benedita da Conceição de Jesus e', 'Vasconcelos e Sousa'],
  ['Robert"); --', 'Tables'],
  ['<b>Ada</b>', '&amp;'],
  ['null', 'undefined'],
  [' Kim ', ' Nguyễn '],
  ['Zoë 🦊', 'van der Berg'],
  ['__proto__', 'constructor'],
];

const GIVEN = ['Ada', 'Boris', 'Chen', 'Dalia', 'Emeka', 'Freya', 'Goran', 'Hana', 'Imran', 'Jonas', 'Kira', 'Luca'];
const FAMILY = ['Abel', 'Brandt', 'Costa', 'Dube', 'Eriksen', 'Farouk', 'Gupta', 'Hoffman', 'Ito', 'Jansen', 'Kowal'];

/** One in twenty people has a nasty name; `roll` is any whole number. */
export function nameFor(roll: number): readonly [given: string, family: string] {
  const pick = Math.floor(roll / 20);
  if (roll % 20 === 0) return NASTY[pick % NASTY.length] ?? ['Ada', 'Abel'];
  return [GIVEN[pick % GIVEN.length] ?? 'Ada', FAMILY[Math.floor(pick / GIVEN.length) % FAMILY.length] ?? 'Abel'];
}
