"""The door for those who ask: who they are, and what they may do.

A person or a service proves who it is once, with a password and perhaps a code, with a client's secret or
signature, by signing in at an identity provider (`oidc`), or with a token of one. From then on there is one path: a
session (`sessions`) or a short-lived token (`verification`) names an issuer and a subject, and this database says
what they may do (`standing`): roles, communes and agreements are never read from a token. What a service may get is
in its agreement.
"""
