// Shows openapi.json, and sends the requests that it describes. No library: the page is small, and nothing is fetched from elsewhere.
'use strict';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const SHOWN_CHARACTERS = 200_000;

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function resolve(api, part) {
  if (!part || !part.$ref) return part;
  return part.$ref.split('/').slice(1).reduce((at, key) => at[key], api);
}

/** What a value may be, in one line. */
function grammar(api, schema) {
  const found = resolve(api, schema) ?? {};
  const items = found.type === 'array' ? resolve(api, found.items) : undefined;
  const words = (items ?? found).enum;
  const parts = [items ? 'list of ' + (items.type ?? 'value') : [found.type].flat().join(' or ')];
  if (words) parts.push(words.join(', '));
  if (found.pattern) parts.push(found.pattern);
  if (found.minimum !== undefined) parts.push('from ' + found.minimum);
  if (found.maximum !== undefined) parts.push('to ' + found.maximum);
  if (found.default !== undefined) parts.push('default ' + found.default);
  return parts.join('; ');
}

/** The least body, to begin with. */
function sample(api, schema, depth = 0) {
  const found = resolve(api, schema) ?? {};
  if (found.enum) return found.enum[0];
  const type = [found.type].flat()[0];
  if (type === 'object' && depth < 4) {
    const entries = Object.entries(found.properties ?? {}).map(([name, one]) => [name, sample(api, one, depth + 1)]);
    return Object.fromEntries(entries);
  }
  return { array: [], string: '', boolean: false, integer: found.minimum ?? 0, number: found.minimum ?? 0 }[type] ?? null;
}

function field(api, parameter) {
  const input = element('input', { name: parameter.name, required: parameter.required === true });
  const title = parameter.required ? parameter.name + ' *' : parameter.name;
  const said = [parameter.description, grammar(api, parameter.schema)].filter(Boolean).join(' - ');
  return { parameter, input, row: element('label', { className: 'field' }, title, input, element('small', { textContent: said })) };
}

function headers(hasBody, changes) {
  const sent = {};
  const key = document.getElementById('key').value.trim();
  if (key) sent.Authorization = 'Bearer ' + key;
  else if (changes && csrf) sent['X-WLV-CSRF'] = csrf;
  if (hasBody) sent['Content-Type'] = 'application/json';
  return sent;
}

let csrf = '';

async function learnSession() {
  const answer = await fetch('/api/v1/session');
  if (answer.ok) csrf = (await answer.json()).csrfToken;
}

async function send(method, path, fields, body, shown) {
  let address = path;
  const query = new URLSearchParams();
  const more = {};
  for (const { parameter, input } of fields) {
    if (parameter.in === 'path') address = address.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
    else if (input.value !== '' && parameter.in === 'query') query.set(parameter.name, input.value);
    else if (input.value !== '' && parameter.in === 'header') more[parameter.name] = input.value;
  }
  if (query.size > 0) address += '?' + query;
  shown.textContent = method.toUpperCase() + ' ' + address;
  const began = performance.now();
  try {
    if (method !== 'get') await learnSession();
    const answer = await fetch(address, {
      method: method.toUpperCase(),
      headers: { ...headers(body !== undefined, method !== 'get'), ...more },
      body: body === undefined ? undefined : body.value,
      credentials: document.getElementById('key').value ? 'omit' : 'same-origin',
    });
    const type = answer.headers.get('content-type') ?? '';
    let text = type.includes('octet-stream') ? (await answer.arrayBuffer()).byteLength + ' bytes' : await answer.text();
    const took = Math.round(performance.now() - began);
    if (type.includes('json') && text.length < SHOWN_CHARACTERS) text = JSON.stringify(JSON.parse(text), null, 2);
    shown.textContent += `\n${answer.status} ${answer.statusText} ${type} in ${took} ms\n\n${text.slice(0, SHOWN_CHARACTERS)}`;
  } catch (failure) {
    shown.textContent += '\n' + failure;
  }
}

function operation(api, path, method, described, shared) {
  const fields = [...(shared ?? []), ...(described.parameters ?? [])].map((one) => field(api, resolve(api, one)));
  const schema = described.requestBody?.content?.['application/json']?.schema;
  const body = schema && element('textarea', { name: 'body', value: JSON.stringify(sample(api, schema), null, 2) });
  const shown = element('pre', { hidden: true });
  const form = element('form', {}, ...fields.map((one) => one.row));
  if (body) form.append(element('label', { className: 'field' }, 'body', body));
  form.append(element('button', { textContent: 'Send' }));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    shown.hidden = false;
    send(method, path, fields, body, shown);
  });
  const answers = Object.entries(described.responses).map(([status, one]) => status + ' ' + (resolve(api, one).description ?? ''));
  const about = [described.description, 'Permission: ' + described['x-permission'], answers.join('\n')].filter(Boolean).join('\n\n');
  const summary = element('summary', {}, element('span', { className: 'method', textContent: method.toUpperCase() }),
    element('code', { textContent: path }), ' ' + described.summary);
  const all = element('details', { id: described.operationId }, summary, element('div', { className: 'about', textContent: about }), form, shown);
  all.dataset.words = [method, path, described.summary, described.operationId].join(' ').toLowerCase();
  return all;
}

async function show() {
  const api = await (await fetch('/api/v1/openapi.json')).json();
  document.getElementById('about').textContent = api.info.summary + ' Version ' + api.info.version + '.';
  const main = document.getElementById('operations');
  main.replaceChildren();
  for (const tag of api.tags) {
    const section = element('section', {}, element('h2', { textContent: tag.name }), element('p', { textContent: tag.description }));
    for (const [path, item] of Object.entries(api.paths)) {
      for (const method of METHODS) {
        if (item[method]?.tags.includes(tag.name)) section.append(operation(api, path, method, item[method], item.parameters));
      }
    }
    main.append(section);
  }
  const wanted = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (wanted) wanted.open = true;
}

document.getElementById('find').addEventListener('input', (event) => {
  const word = event.target.value.toLowerCase();
  for (const one of document.querySelectorAll('details')) one.hidden = !one.dataset.words.includes(word);
});

show().catch((failure) => {
  document.getElementById('operations').textContent = 'The description cannot be shown: ' + failure;
});
