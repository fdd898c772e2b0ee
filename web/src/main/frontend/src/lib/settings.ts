/** The parts of the settings and who is offered which. */
import type { Role } from './api/types';
import { allows, type Permission } from './permissions';
import type { SettingsSection } from './routes';

interface Section {
  readonly section: SettingsSection;
  readonly label: string;
  readonly needs: Permission;
}

const SECTIONS: readonly Section[] = [
  { section: 'account', label: 'Your account', needs: 'own_account' },
  { section: 'people', label: 'People', needs: 'manage_people' },
  { section: 'keys', label: 'Keys', needs: 'manage_keys' },
  { section: 'enrolment', label: 'Enrolment', needs: 'manage_keys' },
  { section: 'audit', label: 'Audit log', needs: 'audit' },
  { section: 'quarantine', label: 'Quarantine', needs: 'read' },
  { section: 'storage', label: 'Storage', needs: 'read' },
];

export function sectionsFor(role: Role | null): readonly Section[] {
  return SECTIONS.filter(({ needs }) => allows(role, needs));
}
