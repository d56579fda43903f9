// oauth4webapi 3: every step by itself, and access tokens checked as a resource server does.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as oauth from 'oauth4webapi';
import { given, somebody } from './agent.mjs';

const { issuer, resource, redirect_uri, post_logout_redirect_uri } = given;
const insecure = { [oauth.allowInsecureRequests]: true };
const discover = (algorithm) => oauth.discoveryRequest(new URL(issuer), { ...insecure, algorithm })
  .then((response) => oauth.processDiscoveryResponse(new URL(issuer), response));

const authentication = ({ client_secret }) => (client_secret ? oauth.ClientSecretBasic(client_secret) : oauth.None());

async function authorize(as, client, person, parameters = {}) {
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const nonce = oauth.generateRandomNonce();
  const url = new URL(as.authorization_endpoint);
  url.search = new URLSearchParams({
    client_id: client.client_id, response_type: 'code', redirect_uri, scope: 'openid', state, nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256', ...parameters,
  });
  return { answer: await person.authorize(url, redirect_uri), verifier, state, nonce };
}

async function flow(as, client, person, parameters = {}) {
  const { answer, verifier, state, nonce } = await authorize(as, client, person, parameters);
  const checked = oauth.validateAuthResponse(as, client, answer, state);
  const response = await oauth.authorizationCodeGrantRequest(as, client, authentication(client), checked, redirect_uri, verifier, {
    ...insecure, additionalParameters: parameters.resource ? { resource: parameters.resource } : {},
  });
  const tokens = await oauth.processAuthorizationCodeResponse(as, client, response, { expectedNonce: nonce, requireIdToken: true });
  await oauth.validateApplicationLevelSignature(as, response, insecure);
  return tokens;
}

test('discovery, as OpenID Connect and as RFC 8414 describe it, says the same', async () => {
  const oidc = await discover('oidc');
  const oauth2 = await discover('oauth2');
  assert.equal(oidc.issuer, issuer);
  for (const name of ['authorization_endpoint', 'token_endpoint', 'jwks_uri', 'introspection_endpoint', 'revocation_endpoint']) {
    assert.equal(oauth2[name], oidc[name], name);
    assert.ok(oidc[name].startsWith(issuer), name);
  }
  assert.deepEqual(oidc.code_challenge_methods_supported, ['S256']);
  assert.ok(!oidc.grant_types_supported.some((g) => ['password', 'implicit'].includes(g)));
});

test('code flow, confidential and public', async () => {
  const as = await discover();
  for (const client of [given.confidential, given.public]) {
    const person = somebody();
    const tokens = await flow(as, client, person);
    assert.equal(oauth.getValidatedIdTokenClaims(tokens).sub, person.id);
  }
});

test('ID tokens in each algorithm of a client', async () => {
  const as = await discover();
  const keys = createRemoteJWKSet(new URL(as.jwks_uri));
  for (const [kind, alg] of [['confidential', 'RS256'], ['es256', 'ES256']]) {
    const client = { ...given[kind], id_token_signed_response_alg: alg };
    const { id_token } = await flow(as, client, somebody());
    const { protectedHeader } = await jwtVerify(id_token, keys, { issuer, audience: client.client_id, algorithms: [alg] });
    assert.equal(protectedHeader.alg, alg);
    assert.ok(protectedHeader.kid);
  }
});

test('access tokens are RFC 9068 tokens', async () => {
  const as = await discover();
  const person = somebody();
  const { access_token } = await flow(as, given.confidential, person, { resource, scope: 'openid read' });
  const request = new Request(resource, { headers: { authorization: `Bearer ${access_token}` } });
  const claims = await oauth.validateJwtAccessToken(as, request, resource, insecure);
  assert.equal(claims.client_id, given.confidential.client_id);
  const { payload, protectedHeader } = await jwtVerify(access_token, createRemoteJWKSet(new URL(as.jwks_uri)), { issuer, audience: resource, typ: 'at+jwt' });
  assert.equal(protectedHeader.alg, 'ES256');
  assert.equal(payload.sub, person.id);
});

test('refresh, introspection, revocation', async () => {
  const as = await discover();
  const client = given.confidential;
  const auth = authentication(client);
  const tokens = await flow(as, client, somebody(), { scope: 'openid offline_access', prompt: 'consent' });
  const next = await oauth.processRefreshTokenResponse(as, client, await oauth.refreshTokenGrantRequest(as, client, auth, tokens.refresh_token, insecure));
  assert.notEqual(next.refresh_token, tokens.refresh_token);
  const ask = async (token, who = client) => oauth.processIntrospectionResponse(as, who, await oauth.introspectionRequest(as, who, authentication(who), token, insecure));
  assert.equal((await ask(next.access_token)).active, true);
  assert.deepEqual(await ask(next.refresh_token, given.job), { active: false }, 'tokens of others');
  await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, auth, next.refresh_token, insecure));
  assert.deepEqual(await ask(next.refresh_token), { active: false });
  assert.deepEqual(await ask(next.access_token), { active: false }, 'its access token goes with it');
});

test('client_credentials', async () => {
  const as = await discover();
  const response = await oauth.clientCredentialsGrantRequest(as, given.job, authentication(given.job), { resource, scope: 'read' }, insecure);
  const tokens = await oauth.processClientCredentialsResponse(as, given.job, response);
  assert.equal(tokens.refresh_token, undefined);
  const { payload } = await jwtVerify(tokens.access_token, createRemoteJWKSet(new URL(as.jwks_uri)), { issuer, audience: resource });
  assert.equal(payload.sub, given.job.client_id);
});

test('signed userinfo', async () => {
  const as = await discover();
  const client = { ...given.signed, userinfo_signed_response_alg: 'RS256' };
  const person = somebody();
  const tokens = await flow(as, client, person, { scope: 'openid email' });
  const response = await oauth.userInfoRequest(as, client, tokens.access_token, insecure);
  const claims = await oauth.processUserInfoResponse(as, client, person.id, response);
  await oauth.validateApplicationLevelSignature(as, response, insecure);
  assert.equal(claims.sub, person.id);
});

test('errors are the standard\'s', async () => {
  const as = await discover();
  const client = given.confidential;
  const answer = async (parameters) => {
    const { answer: url, state } = await authorize(as, client, somebody(), parameters);
    assert.equal(url.searchParams.get('state'), state);
    assert.equal(url.searchParams.get('iss'), issuer);
    return url.searchParams.get('error');
  };
  assert.equal(await answer({ response_type: 'token' }), 'unsupported_response_type');
  assert.equal(await answer({ response_type: 'code id_token' }), 'unsupported_response_type');
  assert.equal(await answer({ code_challenge_method: 'plain' }), 'invalid_request');
  const page = await somebody().request(new URL(`${as.authorization_endpoint}?client_id=${client.client_id}&response_type=code&redirect_uri=https%3A%2F%2Fevil.example%2F`));
  assert.equal(page.status, 400);
  assert.equal(page.headers.location, undefined);
  const wrong = await oauth.userInfoRequest(as, client, 'no-token-at-all', insecure);
  assert.equal(wrong.status, 401);
  assert.match(wrong.headers.get('www-authenticate'), /error="?invalid_token/);
});

test('logout', async () => {
  const as = await discover();
  const person = somebody();
  const tokens = await flow(as, given.confidential, person);
  const url = new URL(as.end_session_endpoint);
  url.search = new URLSearchParams({ id_token_hint: tokens.id_token, post_logout_redirect_uri, client_id: given.confidential.client_id });
  const out = await person.follow(await person.request(url), post_logout_redirect_uri);
  assert.ok(out.to, out.body);
});
