// A foreign OpenID provider for the tests: npm oidc-provider with its own login and consent forms.
// Configuration: one JSON object on standard input. `accounts` has the claims of a login, beside `sub`, which is its name.
// Prints "listening" when it is.
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Provider } from 'oidc-provider';

const wanted = JSON.parse(readFileSync(0, 'utf8'));
const said = [...new Set(Object.values(wanted.accounts).flatMap(Object.keys))];

const jwk = (type, options, members) => ({
  ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }),
  use: 'sig',
  ...members,
});

const provider = new Provider(wanted.issuer, {
  clients: wanted.clients,
  jwks: {
    keys: [
      jwk('rsa', { modulusLength: 2048 }, { kid: 'rsa-1' }),
      jwk('ec', { namedCurve: 'P-256' }, { kid: 'ec-1', alg: 'ES256' }),
      jwk('ed25519', {}, { kid: 'ed-1', alg: 'EdDSA' }),
    ],
  },
  cookies: { keys: ['only-for-tests'] },
  enabledJWA: { idTokenSigningAlgValues: ['RS256', 'PS256', 'ES256', 'EdDSA'] },
  claims: { openid: ['sub', ...said] },
  conformIdTokenClaims: false, // the hub reads the ID token alone
  findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, ...wanted.accounts[id] }) }),
  pkce: { required: () => true },
  ttl: {
    AccessToken: 60,
    AuthorizationCode: (ctx, code, client) => (client.clientId.endsWith('-brief') ? 1 : 60),
    Grant: 600,
    IdToken: 60,
    Interaction: 600,
    Session: 600,
  },
});

provider.listen(wanted.port, '127.0.0.1', () => console.log('listening'));
