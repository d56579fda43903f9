module github.com/cardea-iam/cardea/sdk

go 1.26
