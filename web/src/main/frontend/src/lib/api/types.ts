/** Names for the shapes of the API; the shapes themselves are generated from openapi.yaml. */
import type { components } from './schema';

type Schemas = components['schemas'];

export type Server = Schemas['Server'];
export type Status = Schemas['Status'];
export type ServerPage = Schemas['ServerPage'];
export type StatusCounts = Schemas['StatusCounts'];
export type HeartbeatSeries = Schemas['HeartbeatSeries'];
export type HeartbeatPoint = Schemas['HeartbeatPoint'];
export type Connection = Schemas['Connection'];
export type Session = Schemas['Session'];
export type Link = Schemas['Link'];
export type Storage = Schemas['Storage'];
export type Role = Schemas['Role'];
export type CreatedKey = Schemas['CreatedKey'];
export type NewKey = Schemas['NewKey'];
export type Problem = Schemas['Problem'];
export type SortColumn = Schemas['ServerSort'];
export type Interval = Schemas['Interval'];
export type ServerEvent = Schemas['EventList']['events'][number];
export type EventKind = Schemas['EventKind'];
export type User = Schemas['User'];
export type MadeLink = Schemas['MadeLink'];
export type Key = Schemas['Key'];
export type EnrolmentToken = Schemas['EnrolmentToken'];
export type CreatedEnrolmentToken = Schemas['CreatedEnrolmentToken'];
export type PairingWindow = Schemas['PairingWindow'];
export type PendingEnrolment = Schemas['PendingEnrolment'];
export type Collision = Schemas['Collision'];
export type Quarantined = Schemas['Quarantined'];
export type QuarantinedBody = Schemas['QuarantinedBody'];
export type QuarantineReason = Schemas['QuarantineReason'];
export type AuditRecord = Schemas['AuditRecord'];
export type Budget = Schemas['Budget'];
export type NewBudget = Schemas['NewBudget'];
