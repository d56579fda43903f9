// The peer of the bench: npm's oidc-provider with everything in memory, set up to do the same
// work as the server's rows. Usage: node server.mjs PORT
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';

const port = Number(process.argv[2]);
const issuer = `http://localhost:${port}`;
const jwk = (kind, options, alg) => ({
  ...generateKeyPairSync(kind, options).privateKey.export({ format: 'jwk' }), alg, kid: alg, use: 'sig',
});
const secret = 'a-secret-of-the-bench-that-is-long-enough';
const apis = { 'urn:bench:es256': 'ES256', 'urn:bench:rs256': 'RS256' };

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'job', client_secret: secret, grant_types: ['client_credentials'], redirect_uris: [], response_types: [],
    },
    {
      client_id: 'web', client_secret: secret, grant_types: ['authorization_code', 'refresh_token'],
      redirect_uris: ['https://rp.example/cb'], response_types: ['code'], id_token_signed_response_alg: 'ES256',
    },
  ],
  jwks: { keys: [jwk('ec', { namedCurve: 'P-256' }, 'ES256'), jwk('rsa', { modulusLength: 2048 }, 'RS256')] },
  cookies: { keys: ['a key for the cookies of the bench'] },
  scopes: ['openid', 'offline_access', 'profile', 'read'],
  claims: { openid: ['sub'], profile: ['name'] },
  features: {
    devInteractions: { enabled: true },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => undefined,
      useGrantedResource: () => true,
      getResourceServerInfo: (_, resource) => (
        apis[resource]
          ? { scope: 'read', accessTokenFormat: 'jwt', jwt: { sign: { alg: apis[resource] } } }
          : { scope: 'read', accessTokenFormat: 'opaque' }
      ),
    },
  },
  issueRefreshToken: (_, client, code) => code.scopes.has('offline_access'),
  rotateRefreshToken: () => true,
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, name: 'Bench' }) }),
});
provider.on('server_error', (_, error) => console.error(error));
provider.listen(port, '127.0.0.1');
