import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/lib/api/types';
import { ALLOWED, allows, mayChange, rolesToGive, type Permission } from '../../src/lib/permissions';
import { sectionsFor } from '../../src/lib/settings';

/** What the platform itself reads when it starts. */
const TABLE = new URL('../../../../../../db/src/main/resources/roles.csv', import.meta.url);

describe('permissions', () => {
  it('are those of the platform', () => {
    const [head, ...rows] = readFileSync(TABLE, 'utf8').trim().split('\n').map((line) => line.split(','));
    const roles = head!.slice(1) as Role[];
    for (const [permission, ...cells] of rows) {
      if (permission === 'ingest') continue;
      const allowed = roles.filter((_role, index) => cells[index] === 'yes');
      expect(ALLOWED[permission as Permission], permission).toEqual(allowed);
    }
    expect(rows.map(([permission]) => permission).sort()).toEqual([...Object.keys(ALLOWED), 'ingest'].sort());
  });

  it('are none for nobody', () => {
    expect(allows(null, 'read')).toBe(false);
  });

  it('let nobody give or take what is above them', () => {
    expect(rolesToGive('owner')).toContain('owner');
    expect(rolesToGive('admin')).not.toContain('owner');
    expect(rolesToGive('operator')).toEqual([]);
    expect(mayChange('admin', 'owner')).toBe(false);
    expect(mayChange('admin', 'admin')).toBe(true);
  });

  it('decide which parts of the settings are offered', () => {
    const names = (role: Role) => sectionsFor(role).map(({ section }) => section);
    expect(names('owner')).toEqual(['account', 'people', 'keys', 'enrolment', 'audit', 'quarantine', 'storage']);
    expect(names('viewer')).toEqual(['account', 'quarantine', 'storage']);
    expect(names('auditor')).toContain('audit');
  });
});
