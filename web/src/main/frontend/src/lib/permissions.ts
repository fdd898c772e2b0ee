/** What a role may do: the platform's table again, so that nothing is offered that would be refused. */
import type { Role } from './api/types';

export type Permission = 'read' | 'operate' | 'manage_keys' | 'manage_people' | 'audit' | 'own_account';

export const ALLOWED: Readonly<Record<Permission, readonly Role[]>> = {
  read: ['owner', 'admin', 'operator', 'viewer', 'auditor'],
  operate: ['owner', 'admin', 'operator'],
  manage_keys: ['owner', 'admin'],
  manage_people: ['owner', 'admin'],
  audit: ['owner', 'admin', 'auditor'],
  own_account: ['owner', 'admin', 'operator', 'viewer', 'auditor'],
};

export function allows(role: Role | null, permission: Permission): boolean {
  return role !== null && ALLOWED[permission].includes(role);
}

/** Roles of people, the mightiest first. */
export const PERSON_ROLES = ['owner', 'admin', 'operator', 'viewer', 'auditor'] as const;
export type PersonRole = (typeof PERSON_ROLES)[number];

export const ROLE_WORDS: Readonly<Record<PersonRole, string>> = {
  owner: 'Everything, and other owners',
  admin: 'People, keys and the fleet',
  operator: 'Looks after the fleet: alerts, quarantine',
  viewer: 'Reads everything but the audit log',
  auditor: 'Reads everything and the audit log',
};

/** Roles that somebody may give: an owner all, an admin all but owner. */
export function rolesToGive(role: Role | null): readonly PersonRole[] {
  if (role === 'owner') return PERSON_ROLES;
  return role === 'admin' ? PERSON_ROLES.slice(1) : [];
}

/** Whether one may change the other: never who stands above. */
export function mayChange(role: Role | null, other: PersonRole): boolean {
  return rolesToGive(role).includes(other);
}
