/** Given and family names in the scripts that a real directory meets, and the values that break naive CSV code. */
export const GIVEN_NAMES = [
  'Anna', 'José', 'Zoë', 'Łukasz', 'Bjørn', 'Chloé', 'Şebnem', 'Nguyễn', 'Ana-María', "D'Arcy",
  'Дмитрий', 'Олена', 'Αλέξανδρος', 'Ելենա', 'გიორგი', 'محمد', 'فاطمة', 'יעל', 'आरव', 'প্রিয়া',
  'சுரேஷ்', 'สมชาย', '伟', '美玲', 'さくら', '太郎', '지훈', '서연', 'Ọlá', 'Þórunn',
] as const;

export const FAMILY_NAMES = [
  'Smith', 'García López', 'Müller', 'Nowak-Wiśniewska', "O'Brien", 'Ångström', 'van der Berg', 'Çelik', 'Trần',
  'Иванов', 'Шевченко', 'Παπαδόπουλος', 'Պետրոսյան', 'ბერიძე', 'الخطيب', 'כהן', 'शर्मा', 'দাস',
  'குமார்', 'ศรีสุข', '王', '李', '佐藤', '山本', '김', '박', 'Adébáyọ̀', 'Jónsdóttir',
] as const;

/** Display names that need escaping, or that no CSV can carry; each is legal in Cognito. */
export const AWKWARD_NAMES = [
  'Doe, Jane', 'Müller, Jürgen, Dr.', 'Jane "JJ" Doe', "Robert'); DROP TABLE users;--", 'back\\slash', 'ends with a backslash\\',
  '👩‍👩‍👧‍👦 Family', '🎉,🎉', '=1+1', '@SUM(A1:A9)', '+49 is not a phone', '-dash', 'tab\tinside', 'line\nbreak', ' leading space', 'trailing space ',
  'zero\u200bwidth', 'right\u202eleft', '\u00a0no-break\u00a0', '{"json":true}', '<b>bold</b>', '100%', 'a;b|c', ',', 'null', 'undefined',
] as const;

/** Addresses; some are written on several lines, which the import CSV has no way to carry. */
export const ADDRESSES = [
  '1 Main Street, Springfield', 'Hauptstraße 5, 10115 Berlin', '東京都千代田区丸の内1丁目', '12 rue de l’Église\n75001 Paris\nFrance', '{"street_address":"1 Infinite Loop","locality":"Cupertino"}',
] as const;
