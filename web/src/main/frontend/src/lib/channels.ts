/** Channels as a form has them. Pure. */
import type { Channel, ChangedChannel, NewChannel, Severity } from './api/types';
import { parseTags } from './tags';

export type ChannelKind = NewChannel['kind'];
type Settings = NewChannel['settings'];

export interface ChannelForm {
  name: string;
  kind: ChannelKind;
  minSeverity: Severity;
  url: string;
  token: string;
  channel: string;
  signingSecret: string;
  to: string;
}

/** An empty form, or that of a channel: its secrets are not known, and stay empty. */
export function channelForm(channel: Channel | null): ChannelForm {
  return {
    name: channel?.name ?? '',
    kind: channel?.kind ?? 'slack_webhook',
    minSeverity: channel?.minSeverity ?? 'warning',
    url: '',
    token: '',
    channel: channel?.settings.channel ?? '',
    signingSecret: '',
    to: channel?.settings.to?.join(', ') ?? '',
  };
}

/** What is written in the fields of its kind. */
function settingsOf(form: ChannelForm): Settings {
  const texts = { token: form.token.trim(), channel: form.channel.trim(), signingSecret: form.signingSecret.trim() };
  switch (form.kind) {
    case 'slack':
      return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''));
    case 'email':
      return { to: parseTags(form.to) };
    default:
      return form.url.trim() === '' ? {} : { url: form.url.trim() };
  }
}

export function newChannel(form: ChannelForm): NewChannel {
  return { name: form.name.trim(), kind: form.kind, minSeverity: form.minSeverity, enabled: true, settings: settingsOf(form) };
}

/** What of a channel is other than before; a secret that nobody typed is left as it is. */
export function changedChannel(before: Channel, form: ChannelForm): ChangedChannel {
  const was = channelForm(before);
  const name = form.name.trim();
  const settings = settingsOf(form);
  if (form.channel.trim() === was.channel) delete settings.channel;
  if (parseTags(form.to).join() === parseTags(was.to).join()) delete settings.to;
  return {
    ...(name === was.name ? {} : { name }),
    ...(form.minSeverity === was.minSeverity ? {} : { minSeverity: form.minSeverity }),
    ...(Object.keys(settings).length === 0 ? {} : { settings }),
  };
}
