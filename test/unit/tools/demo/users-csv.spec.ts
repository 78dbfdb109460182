import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { usersFromCsv } from '../../../../tools/demo/seed/users-csv.ts';
import type { UsersOfFile } from '../../../../tools/demo/seed/users-csv.ts';

describe("The demo's users from a file", () => {
  const folder = mkdtempSync(join(tmpdir(), 'users-csv-'));
  const file = join(folder, 'users.csv');
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const read = (content: string | Uint8Array): UsersOfFile => {
    writeFileSync(file, content);
    return usersFromCsv(file);
  };
  const names = (content: string | Uint8Array): string[] => read(content).users.map(({ username }) => username);
  const refused = (content: string | Uint8Array): string => {
    try {
      read(content);
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error('The file was taken.');
  };
  const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

  it('D19: a column that is no attribute is refused by name, with what it may have meant', () => {
    expect(refused('username,department\nann,IT\n')).to.equal(
      'line 1, column "department": is no attribute that a user can be given; name it "custom:department" to make it a custom one, or leave the column out',
    );
    expect(refused('username, email\nann,a@example.com\n')).to.equal(
      'line 1, column " email": is not known; write it as "email"',
    );
    expect(refused('username,email,Given_Name\nann,,\n')).to.contain(
      'column "Given_Name": is not known; write it as "given_name"',
    );
    expect(refused('cognito:username,email\nann,\n')).to.contain('write it as "username"');
    for (const column of ['UserCreateDate', 'sub', 'identities', 'dev:custom:x', 'cognito:mfa_enabled', 'a column'])
      expect(refused(`username,${column}\nann,x\n`)).to.match(
        /^line 1, column "[^"]+": is no attribute that .*leave the column out$/,
      );
    expect(refused('username,custom:longer_than_twenty_letters\nann,x\n')).to.contain('leave the column out');
  });

  it('D19: a header that is none is refused where it is wrong', () => {
    expect(refused('')).to.equal('line 1: the file is empty; it needs a header');
    expect(refused('email,name\na@example.com,Ann\n')).to.equal(
      'line 1: there is no column "username", only "email", "name"',
    );
    expect(refused('username,,email\nann,,\n')).to.equal('line 1, column 2: has no name; give it one or delete it');
    expect(refused('username,email,email\nann,a@example.com,\n')).to.equal('line 1, column "email": is there twice');
    const many = Array.from({ length: 47 }, (_, n) => `custom:a${n}`).join(',');
    expect(refused(`username,${many}\n`)).to.contain('line 1, column "custom:a46": is one custom attribute too many');
  });

  it('D19: text that is no UTF-8 is refused at its value; a byte order mark is none of the text', () => {
    expect(refused(latin1('username,name\nann,Ann\njosé,José\n'))).to.equal(
      'line 3, column "username": is not in UTF-8; save the file as UTF-8 (Excel: "CSV UTF-8")',
    );
    expect(refused(latin1('username,name\nann,"two\nlines"\nbob,Müller\n'))).to.match(
      /^line 4, column "name": is not in UTF-8/,
    );
    expect(refused(latin1('username,naïve\nann,x\n'))).to.match(/^line 1, column 2: is not in UTF-8/);
    expect(refused(Buffer.from('\ufeffusername\nann\n', 'utf16le'))).to.match(
      /^line 1: the file is in UTF-16; save it as UTF-8/,
    );
    expect(names('\ufeffusername,name\njosé,José\n')).to.deep.equal(['josé']);
    expect(names('\ufeff"username";"name"\r\njosé;José\r\n')).to.deep.equal(['josé']);
  });

  it('D19: semicolons and tabs separate as well as commas', () => {
    const { users } = read('username;email;groups\r\nann;ann@example.com;"a;b"\r\nbob;;a\r\n');
    expect(users.map(({ groups }) => groups)).to.deep.equal([['a', 'b'], ['a']]);
    expect(users[0]?.attributes).to.deep.equal({ email: 'ann@example.com' });
    expect(names('username\temail\nann\tann@example.com\n')).to.deep.equal(['ann']);
    expect(refused('username;groups\nann;a;b\n')).to.equal(
      'line 2, column 3: values in the row: 3, columns in the header: 2; a value that holds the separator must be in double quotes',
    );
    expect(refused('Username;groups\nann;a\n')).to.equal(
      'line 1, column "Username": is not known; write it as "username"',
    );
  });

  it('D19: true and false in whatever case are what they say', () => {
    const { users } = read(
      'username,enabled,email,email_verified\nann,TRUE,ann@example.com,TRUE\nbob,False,bob@example.com,FALSE\neve,,,\n',
    );
    expect(users.map(({ enabled }) => enabled)).to.deep.equal([true, false, true]);
    expect(users.map(({ attributes }) => attributes['email_verified'])).to.deep.equal(['true', 'false', undefined]);
    expect(refused('username,enabled\nann,yes\n')).to.equal('line 2, column "enabled": must be true or false');
    expect(refused('username,email,email_verified\nann,ann@example.com,1\n')).to.equal(
      'line 2, column "email_verified": must be true or false',
    );
    expect(refused('username,email_verified\nann,TRUE\n')).to.equal(
      'line 2, column "email_verified": is true, but the user has no email',
    );
  });

  it('D19: a file without users is refused, one user is enough', () => {
    for (const empty of ['username,email\n', 'username,email', '\ufeffusername,email\r\n\r\n\r\n'])
      expect(refused(empty)).to.equal('line 2: there is no user below the header');
    expect(names('username\nann')).to.deep.equal(['ann']);
  });

  it('D19: a name is there once, and one that Cognito takes', () => {
    expect(refused('username\nann\nbob\n\nann\n')).to.equal('line 5, column "username": the same name is in line 2');
    expect(names('username\nann\nAnn\n')).to.deep.equal(['ann', 'Ann']);
    expect(refused('username,name\n,Ann\n')).to.equal('line 2, column "username": is empty');
    for (const name of ['ann ', 'ann smith', 'a'.repeat(129)])
      expect(refused(`username\n${name}\n`)).to.equal(
        'line 2, column "username": must be 1 to 128 characters without spaces',
      );
    expect(refused('username,groups\nann,"a;group b"\n')).to.equal(
      'line 2, column "groups": the name of a group must be 1 to 128 characters without spaces',
    );
    expect(read('username,groups\nann," a ;b;;a"\n').users[0]?.groups).to.deep.equal(['a', 'b']);
  });

  it('D19: a value that Cognito refuses is refused by line and column, and not shown', () => {
    const cases: readonly (readonly [column: string, value: string, problem: string])[] = [
      ['email', 'ann at example', 'must be an e-mail address'],
      ['phone_number', '0171 5550100', 'must be a phone number as +14255550100, without spaces'],
      ['birthdate', '31.12.1990', 'must be a date as 1990-12-31'],
      ['updated_at', '2026-01-01', 'must be seconds since 1970'],
      ['status', 'confirmed', 'must be one of CONFIRMED,'],
      ['custom:notes', 'x'.repeat(2_049), 'is 2,049 characters long; Cognito takes 2048'],
      [
        'groups',
        Array.from({ length: 101 }, (_, n) => `g${n}`).join(';'),
        'a user is in at most 100 groups, not in 101',
      ],
    ];
    for (const [column, value, problem] of cases) {
      const message = refused(`username,${column}\nbob,\nann,${value}\n`);
      expect(message).to.contain(`line 3, column "${column}": ${problem}`);
      expect(message).not.to.contain(value);
    }
  });

  it('D19: lines are those of the file, also below values of several lines, whatever ends them', () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const rows = ['username,name', '', 'ann,"öne', 'twö', '漢字"', '', '', 'bob,Bob', 'ann,Ann', ''];
      expect(refused(rows.join(end)), JSON.stringify(end)).to.match(
        /^line 9, column "username": the same name is in line 3$/,
      );
    }
    expect(refused('username,"na"me\nann,x\n')).to.match(/^line 1, column 2: a double quote/);
    expect(refused('username,name\nann,"a\nb"\nbob\n')).to.match(/^line 4, column "name": values in the row: 1,/);
    expect(refused('username,name\n"ann","An"n"\n')).to.match(/^line 2, column "name": a double quote stands inside/);
    expect(refused('username,name\nann,An"n\n')).to.match(/^line 2, column "name": a double quote stands inside/);
    expect(refused('username,name\nbob,Bob\nann,"Ann\neve,Eve\n')).to.match(
      /^line 3, column "name": a double quote .* never closed/,
    );
    expect(names('username,name\r\nann,"a ""b"" c"\nbob,x\r\n')).to.deep.equal(['ann', 'bob']);
  });

  it('D19: a file that cannot be read is named', () => {
    expect(() => usersFromCsv(join(folder, 'none.csv'))).to.throw(/^there is no such file$/);
  });

  it('gives attributes as they are, and the custom ones that the pool needs', () => {
    const { users, customAttributes } = read(
      'username,status,name,custom:tenant,custom:notes\nann,RESET_REQUIRED," Ann, ""A"" ",,x\n',
    );
    expect(users).to.deep.equal([
      {
        username: 'ann',
        status: 'RESET_REQUIRED',
        enabled: true,
        groups: [],
        attributes: { name: ' Ann, "A" ', 'custom:notes': 'x' },
      },
    ]);
    expect(customAttributes).to.deep.equal(['custom:tenant', 'custom:notes']);
  });
});
