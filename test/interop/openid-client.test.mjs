// openid-client 6, a certified relying party, through every flow.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as client from 'openid-client';
import { given, Person, somebody } from './agent.mjs';

const { issuer, resource, redirect_uri, post_logout_redirect_uri } = given;

async function configuration({ client_id, client_secret }, metadata = {}, authentication = undefined) {
  const config = await client.discovery(
    new URL(issuer), client_id, { client_secret, ...metadata },
    authentication ?? (client_secret ? client.ClientSecretBasic(client_secret) : client.None()),
    { execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks] },
  );
  return config;
}

// attempt runs one code flow. The library checks state, nonce, iss, PKCE and the ID token.
async function attempt(config, person, parameters = {}, checks = {}) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const expectedState = client.randomState();
  const expectedNonce = client.randomNonce();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri, scope: 'openid', state: expectedState, nonce: expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: 'S256', ...parameters,
  });
  const answer = await person.authorize(url, redirect_uri);
  return {
    answer, expectedState, expectedNonce, pkceCodeVerifier,
    redeem: () => client.authorizationCodeGrant(
      config, answer instanceof Request ? answer.clone() : answer,
      { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true, ...checks },
      parameters.resource ? { resource: parameters.resource } : undefined,
    ),
  };
}

const flow = async (...args) => (await attempt(...args)).redeem();
const code = (expected) => (error) => {
  const got = error.error ?? error.cause?.get?.('error') ?? error.cause?.error;
  assert.equal(got, expected, `${error.stack} ${JSON.stringify(error.cause)}`);
  return true;
};

for (const kind of ['confidential', 'public']) {
  test(`code flow with PKCE, ${kind} client`, async () => {
    const person = somebody();
    const tokens = await flow(await configuration(given[kind]), person);
    assert.equal(tokens.token_type, 'bearer');
    assert.equal(tokens.claims().iss, issuer);
    assert.equal(tokens.claims().sub, person.id);
  });
}

test('client_secret_post', async () => {
  const { client_secret } = given.post;
  const config = await configuration(given.post, {}, client.ClientSecretPost(client_secret));
  assert.ok((await flow(config, somebody())).access_token);
});

test('form_post', async () => {
  const config = await configuration(given.confidential);
  const { answer, redeem } = await attempt(config, somebody(), { response_mode: 'form_post' });
  assert.ok(answer instanceof Request, 'the answer is posted');
  assert.equal(new URL(answer.url).search, '', 'nothing is in the query');
  assert.ok((await redeem()).id_token);
});

test('a live session answers prompt=none, and none gives login_required', async () => {
  const config = await configuration(given.confidential);
  const person = somebody();
  const first = await flow(config, person);
  const second = await flow(config, person, { prompt: 'none', id_token_hint: first.id_token });
  assert.equal(second.claims().sub, first.claims().sub);
  assert.equal(second.claims().auth_time, first.claims().auth_time);
  const stranger = await attempt(config, somebody(), { prompt: 'none' });
  assert.equal(stranger.answer.searchParams.get('iss'), issuer);
  await assert.rejects(stranger.redeem(), code('login_required'));
});

test('max_age brings a checked auth_time', async () => {
  const config = await configuration(given.confidential);
  const tokens = await flow(config, somebody(), { max_age: '600' }, { maxAge: 600 });
  assert.equal(typeof tokens.claims().auth_time, 'number');
});

test('resource: the token is for that API and no other', async () => {
  const config = await configuration(given.confidential);
  const tokens = await flow(config, somebody(), { resource, scope: 'openid read' });
  const claims = JSON.parse(Buffer.from(tokens.access_token.split('.')[1], 'base64url'));
  assert.deepEqual([claims.aud].flat(), [resource]);
  assert.equal(claims.scope, 'read');
  const wrong = await attempt(config, somebody(), { resource: 'https://nobody.example' });
  await assert.rejects(wrong.redeem(), code('invalid_target'));
});

test('refresh with rotation, and a replay ends the family', async () => {
  const config = await configuration(given.confidential);
  const tokens = await flow(config, somebody(), { scope: 'openid offline_access', prompt: 'consent' });
  const second = await client.refreshTokenGrant(config, tokens.refresh_token);
  assert.notEqual(second.refresh_token, tokens.refresh_token);
  assert.equal(second.claims()?.sub ?? tokens.claims().sub, tokens.claims().sub);
  const third = await client.refreshTokenGrant(config, second.refresh_token);
  await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token), code('invalid_grant'));
  await assert.rejects(client.refreshTokenGrant(config, third.refresh_token), code('invalid_grant'));
});

test('client_credentials, introspection, revocation', async () => {
  const config = await configuration(given.job);
  const tokens = await client.clientCredentialsGrant(config, { resource, scope: 'read' });
  const answer = await client.tokenIntrospection(config, tokens.access_token);
  assert.equal(answer.active, true);
  assert.equal(answer.client_id, given.job.client_id);
  await client.tokenRevocation(config, tokens.access_token);
  assert.deepEqual(await client.tokenIntrospection(config, tokens.access_token), { active: false });
});

test('userinfo, plain and signed', async () => {
  for (const [kind, metadata] of [['confidential', {}], ['signed', { userinfo_signed_response_alg: 'RS256' }]]) {
    const config = await configuration(given[kind], metadata);
    const person = somebody();
    const tokens = await flow(config, person, { scope: 'openid profile email' });
    const claims = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
    assert.equal(claims.preferred_username, person.username, kind);
  }
});

test('a denial comes back as access_denied', async () => {
  const config = await configuration(given.confidential);
  const { redeem } = await attempt(config, somebody({ approve: false }), { prompt: 'consent' });
  await assert.rejects(redeem(), code('access_denied'));
});

test('a code works once', async () => {
  const config = await configuration(given.confidential);
  const { redeem } = await attempt(config, somebody());
  await redeem();
  await assert.rejects(redeem(), code('invalid_grant'));
});

test('an answer of another issuer is refused by the client', async () => {
  const config = await configuration(given.confidential);
  assert.equal(config.serverMetadata().authorization_response_iss_parameter_supported, true);
  const { answer, expectedState, expectedNonce, pkceCodeVerifier } = await attempt(config, somebody());
  answer.searchParams.set('iss', 'https://evil.example');
  await assert.rejects(client.authorizationCodeGrant(config, answer, { expectedState, expectedNonce, pkceCodeVerifier }));
});

test('wrong secrets and unknown grants', async () => {
  const config = await configuration({ ...given.job, client_secret: `${given.job.client_secret.slice(0, -1)}x` });
  // The answer has a challenge, and with it the library gives no error code.
  await assert.rejects(client.clientCredentialsGrant(config, { resource }), (error) => error.status === 401 && error.cause[0].scheme === 'basic');
  const good = await configuration(given.job);
  await assert.rejects(client.genericGrantRequest(good, 'password', { username: 'a', password: 'b' }), code('unsupported_grant_type'));
  await assert.rejects(client.clientCredentialsGrant(good, { resource, scope: 'write' }), code('invalid_scope'));
});

test('logout comes back with state, and the session is over', async () => {
  const config = await configuration(given.confidential);
  const person = somebody();
  const tokens = await flow(config, person);
  const url = client.buildEndSessionUrl(config, { id_token_hint: tokens.id_token, post_logout_redirect_uri, state: 'bye' });
  const answer = await person.follow(await person.request(url), post_logout_redirect_uri);
  assert.equal(answer.to?.searchParams.get('state'), 'bye', answer.body);
  const after = await attempt(config, person, { prompt: 'none' });
  await assert.rejects(after.redeem(), code('login_required'));
});

// An API behind sdk/verify that wants two factors, proved within a minute, answers with a challenge;
// the library reads it, and the client asks with what it says (RFC 9470).
test('step-up: the API says insufficient, the app is asked for, the API accepts', async () => {
  const config = await configuration(given.confidential);
  const wants = { resource, scope: 'openid read' };
  const someone = new Person(given.strong[0]);
  const weak = await flow(config, someone, wants);
  const call = (tokens) => client.fetchProtectedResource(config, tokens.access_token, new URL(given.api), 'POST');
  await someone.setUpApp(new URL('/account/security/authenticator/add', issuer));
  let challenge;
  await assert.rejects(call(weak), (error) => {
    assert.equal(error.status, 401);
    challenge = error.cause[0].parameters;
    return true;
  });
  assert.equal(challenge.error, 'insufficient_user_authentication');
  const { acr_values, max_age } = challenge;
  assert.deepEqual([acr_values, max_age], ['aal2 aal3', '60']);
  someone.password = undefined; // it is not asked for again
  const strong = await flow(config, someone, { ...wants, acr_values, max_age: '0' }, { maxAge: 0 });
  assert.equal(strong.claims().acr, 'aal2');
  assert.equal((await call(strong)).status, 200);
});
